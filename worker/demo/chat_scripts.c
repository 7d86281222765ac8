#include "worker/demo/chat_scripts.h"

#define SITE "https://zeezicht.i-reserve.nl/"

static const struct chat_line sea_view[] = {
    { CHAT_GUEST, "Goedemiddag! Is er op 4 december nog plek voor twee personen?", NULL },
    { CHAT_SYSTEM, "Sanne neemt dit gesprek aan.", NULL },
    { CHAT_AGENT, "Goedemiddag! Ja hoor: **kamer 12** is nog vrij, aan zee en met balkon.", NULL },
    { CHAT_AGENT, "Dit is het uitzicht:", "zeezicht.png" },
    { CHAT_GUEST, "Wat mooi! Mag onze hond mee?", NULL },
    { CHAT_EDIT, "Wat mooi! Mag onze hond mee? Het is een kleine.", NULL },
    { CHAT_AGENT, "Zeker, daar rekenen we 15 euro per nacht voor.", NULL },
    { CHAT_GUEST, "Dan boeken we. Mijn paspoortnummer is NX4R71PK2.", NULL },
    { CHAT_DELETE, NULL, NULL },
    { CHAT_AGENT, "Gelukt! De bevestiging komt per mail; een paspoort is niet nodig.", NULL },
    { CHAT_CLOSE, NULL, NULL },
    { CHAT_GUEST, "O ja, kunnen we al om 13.00 uur inchecken?", NULL },
    { CHAT_AGENT, "Dat kan, de kamer is dan klaar. Tot 4 december!", NULL },
};

/* Also what guests should not write. */
static const struct chat_line package[] = {
    { CHAT_GUEST, "@all hallo, is daar iemand?", NULL },
    { CHAT_AGENT, "Goedemorgen, met Tom van de receptie. Waarmee kan ik helpen?", NULL },
    { CHAT_GUEST, "# Strand *en* spa: is dat ook zonder ontbijt te boeken?", NULL },
    { CHAT_AGENT, "Jazeker, zie [de arrangementen](" SITE "arrangementen).", NULL },
    { CHAT_GUEST, "En hoe ver is het naar zee?", NULL },
    { CHAT_AGENT, "De deur uit en u bent er.", "zeezicht.png" },
    { CHAT_GUEST, "Dan overleg ik even. Bedankt!", NULL },
    { CHAT_CLOSE, NULL, NULL },
};

static const struct chat_line booked_twice[] = {
    { CHAT_GUEST, "Ik heb per ongeluk twee keer geboekt. Kan er een weg?", NULL },
    { CHAT_AGENT, "Ik kijk even mee. Om welke boeking gaat het?", NULL },
    { CHAT_GUEST, "IRES3641", NULL },
    { CHAT_EDIT, "IRES3647, sorry", NULL },
    { CHAT_SYSTEM, "Boeking IRES3647 is geannuleerd.", NULL },
    { CHAT_AGENT, "Gevonden, en kosteloos geannuleerd.", NULL },
    { CHAT_GUEST, "Super snel, bedankt!", NULL },
    { CHAT_CLOSE, NULL, NULL },
    { CHAT_GUEST, "Krijg ik daar nog een mail van?", NULL },
    { CHAT_AGENT, "Ja, binnen een paar minuten.", NULL },
};

static const struct chat_line weekend[] = {
    { CHAT_GUEST, "Hi! Is there a room with a sea view left this weekend?", NULL },
    { CHAT_AGENT, "Hello! Yes, **two** of them. This is what you would see:", "zeezicht.png" },
    { CHAT_GUEST, "Lovely. Is breakfast included?", NULL },
    { CHAT_AGENT, "It is, from 7:00 to 10:30.", NULL },
    { CHAT_GUEST, "We arrive by train. Is there a shuttle?", NULL },
    { CHAT_EDIT, "We arrive by train at 18:40. Is there a shuttle?", NULL },
    { CHAT_AGENT, "Every half hour. The driver waits at the main exit.", NULL },
    { CHAT_GUEST, "Great, I will book tonight.", NULL },
    { CHAT_CLOSE, NULL, NULL },
};

static const struct chat_line suitcase[] = {
    { CHAT_GUEST, "I think I left my suitcase in the lobby. This one:", "koffer.png" },
    { CHAT_SYSTEM, "Sanne joined the conversation.", NULL },
    { CHAT_AGENT, "Good morning! Let me ask at the desk.", NULL },
    { CHAT_AGENT, "Found it! Shall we send it to you?", NULL },
    { CHAT_GUEST, "Yes please. My card is 4929 1234 5678 9012", NULL },
    { CHAT_DELETE, NULL, NULL },
    { CHAT_AGENT, "No need to pay now; and please, never in a chat.", NULL },
    { CHAT_GUEST, "You are right. Thanks a lot!", NULL },
    { CHAT_CLOSE, NULL, NULL },
    { CHAT_GUEST, "It arrived this morning :)", NULL },
};

#define LINES(script) script, sizeof(script) / sizeof(*(script))

const struct chat_script chat_scripts[] = {
    { SITE "kamers", "Kamers aan zee", "Sanne", LINES(sea_view) },
    { SITE "arrangementen", "Arrangementen", "Tom", LINES(package) },
    { SITE "boeking", "Mijn boeking", "Sanne", LINES(booked_twice) },
    { SITE "en/rooms", "Rooms", "Tom", LINES(weekend) },
    { SITE "en/contact", "Contact", "Sanne", LINES(suitcase) },
};
const size_t chat_script_count = sizeof(chat_scripts) / sizeof(*chat_scripts);

const struct chat_guest chat_guests[] = {
    { "Jan Jansen", "jan.jansen@example.nl" },    { "Anouk van Dijk", "anouk@example.nl" },
    { "Emma O'Connor", "emma@example.com" },      { "Lars Müller", "lars.mueller@example.de" },
    { "Sophie Lefèvre", "sophie@example.fr" },    { "Pieter Bakker", "p.bakker@example.nl" },
    { "Fatima El Idrissi", "fatima@example.nl" }, { "Charlotte Wright", NULL },
};
const size_t chat_guest_count = sizeof(chat_guests) / sizeof(*chat_guests);
