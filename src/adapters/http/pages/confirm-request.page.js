// Request and token are behind `#`, which browsers send to nobody; they leave this page only by the click.
const [request = "", token = ""] = location.hash.slice(1).split(".", 2);
history.replaceState(null, "", location.pathname);

const button = document.getElementById("confirm");
const explanation = document.getElementById("explanation");
const status = document.getElementById("status");

const say = (text) => {
  status.textContent = text;
};

const confirmRequest = async () => {
  button.disabled = true;
  say("One moment …");
  try {
    const response = await fetch(`/v1/privacy-requests/${encodeURIComponent(request)}/confirmation`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    const answer = await response.json();
    if (response.ok) {
      button.hidden = true;
      explanation.hidden = true;
      say("Confirmed. You may close this page; what becomes of your request is sent to you by mail.");
      return;
    }
    say(`${answer.error} (${answer.detail})`);
    if (response.status < 500) button.hidden = true;
  } catch {
    say("The service could not be reached. Please try again.");
  }
  button.disabled = false;
};

if (token === "") {
  explanation.textContent =
    "This page is opened by the link in an e-mail about a privacy request. The link is incomplete: ask again.";
} else {
  button.hidden = false;
  button.addEventListener("click", confirmRequest);
}
