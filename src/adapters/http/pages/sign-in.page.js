// The token is behind `#`, which browsers send to nobody; it leaves this page only by the click.
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const button = document.getElementById("sign-in");
const explanation = document.getElementById("explanation");
const status = document.getElementById("status");
const back = document.getElementById("return");

const say = (text) => {
  status.textContent = text;
};

const done = (session) => {
  button.hidden = true;
  explanation.hidden = true;
  const target = session.return_to === null ? null : new URL(session.return_to);
  if (target === null || !["http:", "https:"].includes(target.protocol)) {
    say("You are signed in. You may close this page.");
    return;
  }
  say("You are signed in.");
  back.href = target.href;
  back.hidden = false;
  back.focus();
  location.assign(target.href);
};

const signIn = async () => {
  button.disabled = true;
  say("One moment …");
  try {
    const response = await fetch("/v1/sessions", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ link_token: token }),
    });
    const answer = await response.json();
    if (response.ok) return done(answer);
    say(`${answer.error} (${answer.detail})`);
    if (response.status < 500) button.hidden = true;
  } catch {
    say("The service could not be reached. Please try again.");
  }
  button.disabled = false;
};

if (token === "") {
  explanation.textContent =
    "This page is opened by the link in a sign-in e-mail. The link is incomplete: ask for a new one.";
} else {
  button.hidden = false;
  button.addEventListener("click", signIn);
}
