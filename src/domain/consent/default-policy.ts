import type { LegalBasis, PolicyContent, PolicyTexts } from "./consent-policy.ts";
import type { ConsentType } from "./consent-type.ts";

/**
 * Essential rests on what the visitor herself asked of the service (GDPR Art. 6(1)(b); exempt from consent by ePrivacy
 * Directive Art. 5(3)); everything else on her consent (Art. 6(1)(a)).
 */
const LEGAL_BASES: Readonly<Record<ConsentType, LegalBasis>> = {
  essential: "contract",
  functional: "consent",
  analytics: "consent",
  marketing: "consent",
};

const EN: PolicyTexts = {
  title: "Your choice about your data",
  body: "We process what this site needs in order to work. Only with your consent do we also process data for the optional purposes listed here. None of them starts unless you choose it. The site works if you refuse, too. You can change your choice or withdraw your consent at any time in the privacy settings, as easily as you gave it.",
  accept_all: "Accept all",
  refuse_all: "Refuse all",
  choose: "Choose",
  save: "Save choice",
  purposes: {
    essential: {
      title: "Essential",
      description:
        "Needed for what you ask of this site: signing in, remembering this choice and protecting the service from abuse. Always on.",
    },
    functional: {
      title: "Functional",
      description:
        "Remembers settings that make the site more convenient for you, for example your preferred language.",
    },
    analytics: {
      title: "Analytics",
      description:
        "Helps us understand how the site is used, for example which pages are read, so that we can improve it.",
    },
    marketing: {
      title: "Marketing",
      description: "Allows us to tell you about news and offers, for example in a newsletter.",
    },
  },
};

const DE: PolicyTexts = {
  title: "Ihre Entscheidung über Ihre Daten",
  body: "Wir verarbeiten, was diese Website für ihren Betrieb benötigt. Nur mit Ihrer Einwilligung verarbeiten wir Daten auch für die hier aufgeführten freiwilligen Zwecke. Ohne Ihre Auswahl wird keiner davon aktiv. Die Website funktioniert auch, wenn Sie ablehnen. Sie können Ihre Entscheidung jederzeit in den Datenschutzeinstellungen ändern oder Ihre Einwilligung widerrufen, ebenso einfach, wie Sie sie erteilt haben.",
  accept_all: "Alle akzeptieren",
  refuse_all: "Alle ablehnen",
  choose: "Auswählen",
  save: "Auswahl speichern",
  purposes: {
    essential: {
      title: "Notwendig",
      description:
        "Erforderlich für das, was Sie von dieser Website verlangen: Anmeldung, Speichern dieser Entscheidung und Schutz des Dienstes vor Missbrauch. Immer aktiv.",
    },
    functional: {
      title: "Funktional",
      description:
        "Merkt sich Einstellungen, die Ihnen die Nutzung der Website erleichtern, zum Beispiel Ihre bevorzugte Sprache.",
    },
    analytics: {
      title: "Analyse",
      description:
        "Hilft uns zu verstehen, wie die Website genutzt wird, zum Beispiel welche Seiten gelesen werden, damit wir sie verbessern können.",
    },
    marketing: {
      title: "Marketing",
      description:
        "Ermöglicht es uns, Sie über Neuigkeiten und Angebote zu informieren, zum Beispiel mit einem Newsletter.",
    },
  },
};

const FR: PolicyTexts = {
  title: "Votre choix concernant vos données",
  body: "Nous traitons ce qui est nécessaire au fonctionnement de ce site. Avec votre consentement uniquement, nous traitons aussi des données pour les finalités facultatives indiquées ici. Aucune n’est activée sans votre choix. Le site fonctionne également si vous refusez. Vous pouvez à tout moment modifier votre choix ou retirer votre consentement dans les paramètres de confidentialité, aussi simplement que vous l’avez donné.",
  accept_all: "Tout accepter",
  refuse_all: "Tout refuser",
  choose: "Choisir",
  save: "Enregistrer le choix",
  purposes: {
    essential: {
      title: "Essentiel",
      description:
        "Nécessaire à ce que vous demandez à ce site\u00a0: vous connecter, mémoriser ce choix et protéger le service contre les abus. Toujours actif.",
    },
    functional: {
      title: "Fonctionnel",
      description:
        "Mémorise les réglages qui rendent le site plus pratique pour vous, par exemple votre langue préférée.",
    },
    analytics: {
      title: "Mesure d’audience",
      description:
        "Nous aide à comprendre comment le site est utilisé, par exemple quelles pages sont lues, afin de l’améliorer.",
    },
    marketing: {
      title: "Marketing",
      description:
        "Nous permet de vous informer de nos actualités et de nos offres, par exemple par une lettre d’information.",
    },
  },
};

const ES: PolicyTexts = {
  title: "Su decisión sobre sus datos",
  body: "Tratamos lo que este sitio necesita para funcionar. Solo con su consentimiento tratamos también datos para las finalidades opcionales que se indican aquí. Ninguna se activa sin que usted la elija. El sitio también funciona si las rechaza. Puede cambiar su decisión o retirar su consentimiento en cualquier momento en los ajustes de privacidad, con la misma facilidad con la que lo dio.",
  accept_all: "Aceptar todo",
  refuse_all: "Rechazar todo",
  choose: "Elegir",
  save: "Guardar selección",
  purposes: {
    essential: {
      title: "Esencial",
      description:
        "Necesario para lo que usted solicita a este sitio: iniciar sesión, recordar esta decisión y proteger el servicio contra abusos. Siempre activo.",
    },
    functional: {
      title: "Funcional",
      description:
        "Recuerda los ajustes que le facilitan el uso del sitio, por ejemplo, su idioma preferido.",
    },
    analytics: {
      title: "Análisis",
      description:
        "Nos ayuda a entender cómo se usa el sitio, por ejemplo, qué páginas se leen, para poder mejorarlo.",
    },
    marketing: {
      title: "Marketing",
      description:
        "Nos permite informarle sobre novedades y ofertas, por ejemplo, mediante un boletín de noticias.",
    },
  },
};

const IT: PolicyTexts = {
  title: "La tua scelta sui tuoi dati",
  body: "Trattiamo ciò di cui questo sito ha bisogno per funzionare. Solo con il tuo consenso trattiamo dati anche per le finalità facoltative indicate qui. Nessuna viene attivata senza una tua scelta. Il sito funziona anche se rifiuti. Puoi modificare la tua scelta o revocare il consenso in qualsiasi momento nelle impostazioni sulla privacy, con la stessa facilità con cui lo hai dato.",
  accept_all: "Accetta tutto",
  refuse_all: "Rifiuta tutto",
  choose: "Scegli",
  save: "Salva la scelta",
  purposes: {
    essential: {
      title: "Essenziale",
      description:
        "Necessario per ciò che chiedi a questo sito: accedere, ricordare questa scelta e proteggere il servizio dagli abusi. Sempre attivo.",
    },
    functional: {
      title: "Funzionale",
      description:
        "Ricorda le impostazioni che rendono il sito più comodo per te, ad esempio la lingua preferita.",
    },
    analytics: {
      title: "Analisi",
      description:
        "Ci aiuta a capire come viene usato il sito, ad esempio quali pagine vengono lette, per poterlo migliorare.",
    },
    marketing: {
      title: "Marketing",
      description: "Ci permette di informarti su novità e offerte, ad esempio tramite una newsletter.",
    },
  },
};

const NL: PolicyTexts = {
  title: "Uw keuze over uw gegevens",
  body: "Wij verwerken wat deze website nodig heeft om te werken. Alleen met uw toestemming verwerken wij ook gegevens voor de optionele doeleinden die hier staan. Geen daarvan wordt actief zonder uw keuze. De website werkt ook als u weigert. U kunt op elk moment in de privacy-instellingen uw keuze wijzigen of uw toestemming intrekken, net zo eenvoudig als u die hebt gegeven.",
  accept_all: "Alles accepteren",
  refuse_all: "Alles weigeren",
  choose: "Kiezen",
  save: "Keuze opslaan",
  purposes: {
    essential: {
      title: "Essentieel",
      description:
        "Nodig voor wat u van deze website vraagt: inloggen, deze keuze onthouden en de dienst tegen misbruik beschermen. Altijd actief.",
    },
    functional: {
      title: "Functioneel",
      description:
        "Onthoudt instellingen die het gebruik van de website gemakkelijker maken, bijvoorbeeld uw voorkeurstaal.",
    },
    analytics: {
      title: "Analyse",
      description:
        "Helpt ons te begrijpen hoe de website wordt gebruikt, bijvoorbeeld welke pagina’s worden gelezen, zodat wij de website kunnen verbeteren.",
    },
    marketing: {
      title: "Marketing",
      description:
        "Stelt ons in staat u te informeren over nieuws en aanbiedingen, bijvoorbeeld met een nieuwsbrief.",
    },
  },
};

/** The policy that is published at first start, until the controller publishes her own. */
export const DEFAULT_POLICY: PolicyContent = {
  validity_days: null,
  legal_bases: LEGAL_BASES,
  texts: { en: EN, de: DE, fr: FR, es: ES, it: IT, nl: NL },
};
