### Le frasi di parla in italiano. Come si scrivono e si traducono: CONTRIBUTING.md, “A new sentence of the app”.
###
### parla dà del tu, con calma e con calore, in frasi brevi come le direbbe una persona. Prima che cosa è successo, poi che cosa
### significa, poi che cosa si può fare. Le frasi non devono far capire se chi legge, o chi è nominato, è uomo o donna: “Hai perso la
### connessione”, non “Sei stato disconnesso”; “anna ha lasciato la stanza”, non “anna è uscita”.
###
### Le parole:
###   room stanza · message messaggio · direct message messaggio diretto · conversation conversazione · draft bozza
###   server server · network rete · connection connessione · address indirizzo · port porta · encryption cifratura, cifrato
###   account account · password password · name nome (mai “nick”) · sign in accedere · join entrare · leave uscire, lasciare
###   topic argomento · member membro · owner proprietario · admin amministratore · operator operatore · helper assistente
###   speaker relatore · ban bannare · mute silenziare · remove (kick) rimuovere · invite invitare · away assente
###   mention menzione · reaction reazione · notification notifica · certificate certificato · fingerprint impronta
###   keyring portachiavi · settings impostazioni · key (of a room) chiave · keys (of a keyboard) tasti · details dettagli

## Everywhere

close = Chiudi
to-conversation = Torna alla conversazione
cancel = Annulla
details = Dettagli
language-field = Lingua
language-missing = Non è stato possibile caricare { $language }: la lingua resta questa. Sceglila di nuovo tra un po’.
list-two = { $first } e { $last }
list-more = { $first }, { $next }
list-rest = { $count ->
    [one] { $names } e un’altra persona
   *[other] { $names } e altre { $count } persone
}
time = { $hour }:{ $minute }
new-messages = { $count ->
    [one] { $count } nuovo
   *[other] { $count } nuovi
}
new-messages-more-than = oltre { NUMBER($count) } nuovi
unread-mentions = { $count ->
    [one] 1 menzione, { $new }
   *[other] { $count } menzioni, { $new }
}
unread-direct = { $count ->
    [one] 1 messaggio diretto
   *[other] { $count } messaggi diretti
}
unread-direct-too = { $count ->
    [one] 1 messaggio diretto, { $new }
   *[other] { $count } messaggi diretti, { $new }
}
leave-room = Esci da { $name }
close-conversation = Chiudi { $name }
you-are = Il tuo nome è { $nick }
you-are-away = Il tuo nome è { $nick } (assente)
stage-finding = Ricerca del server
stage-securing = Protezione della connessione
stage-signing-in = Accesso
link-connecting = Connessione…
link-lost = Connessione persa
link-offline = Senza rete
link-stopped = Non in linea
connecting = { $network }: { $stage }…
trying-again = { $seconds ->
    [0] Nuovo tentativo in corso…
   *[other] Nuovo tentativo tra { $seconds } s.
}
member-count = { $count ->
    [one] 1 membro
   *[other] { $count } membri
}
people-count = { $count ->
    [one] 1 persona
   *[other] { $count } persone
}
room-count = { $count ->
    [one] 1 stanza
   *[other] { $count } stanze
}
ranks-owner = Proprietari
ranks-admin = Amministratori
ranks-operator = Operatori
ranks-helper = Assistenti
ranks-speaker = Relatori
ranks-member = Membri

## Dates

weekday-1 = Lunedì
weekday-2 = Martedì
weekday-3 = Mercoledì
weekday-4 = Giovedì
weekday-5 = Venerdì
weekday-6 = Sabato
weekday-7 = Domenica
month-1 = gennaio
month-2 = febbraio
month-3 = marzo
month-4 = aprile
month-5 = maggio
month-6 = giugno
month-7 = luglio
month-8 = agosto
month-9 = settembre
month-10 = ottobre
month-11 = novembre
month-12 = dicembre
today = Oggi
yesterday = Ieri
day-this-year = { $weekday } { $day ->
    [1] 1º
   *[other] { $day }
} { $month }
day-of-year = { $weekday } { $day ->
    [1] 1º
   *[other] { $day }
} { $month } { $year }
moment = { $day ->
    [1] 1º
   *[other] { $day }
} { $month } { $year }, { $time }
ago-now = proprio ora
ago-minutes = { $count ->
    [one] 1 minuto fa
   *[other] { $count } minuti fa
}
ago-hours = { $count ->
    [one] 1 ora fa
   *[other] { $count } ore fa
}
ago-days = { $count ->
    [one] 1 giorno fa
   *[other] { $count } giorni fa
}

## The first screen

first-sentence-browser = Scegli un nome e sei dentro.
first-sentence-desktop = Scegli un nome e un luogo, e sei dentro.
first-name = Il tuo nome
first-where = Dove
first-this-computer = Questo computer
first-where-hint = O l’indirizzo di un server, come irc.example.org
first-join = Entra
first-again = Riprova
first-name-empty = Scrivi il nome che vedranno gli altri.
first-unencrypted = Connetti senza cifratura
first-suggested = Che ne dici di questo?
first-sentence-room = Scegli un nome ed entra in { $name }.
first-sentence-person = Scegli un nome e scrivi a { $name }.
first-other-name = { $why } Che ne dici di questo?

## The fields for a password

password-open = Ho una password
password-username = Nome dell’account
password-username-hint = Lascialo vuoto se su questo server la password è la stessa per tutti.
password-password = Password
password-keep = Ricordala su questo computer
password-sign-in = Accedi
password-send-readable = Inviala senza cifratura

## The context menu

menu-open-link = Apri link

## The list on the left

rooms-label = Stanze
rooms-rooms = Stanze
rooms-people = Messaggi diretti
rooms-browse = Esplora le stanze
rooms-new = Entra o scrivi…
rooms-new-name = Stanza o persona
rooms-join-room = Entra
rooms-message-person = Scrivi
rooms-add-network = Aggiungi una rete
rooms-server = Messaggi del server
rooms-help = Aiuto

## The list on the right

members-label = Membri
members-search = Cerca tra i membri
members-unknown = Entra nella stanza per vedere chi c’è.
members-loading = Controllo chi c’è…
members-offline = Vedrai chi c’è appena torna la connessione.
members-nobody = Qui nessuno ha questo nome.
members-away = assente
members-close = Chiudi l’elenco dei membri

## The middle while no conversation is open

welcome-title = Ciao!
welcome-sentence = Scegli una stanza. Puoi stare in più stanze insieme.
welcome-loading = Cerco le stanze…
welcome-no-rooms = Non ci sono ancora stanze. Apri tu la prima.
welcome-not-yet = Le stanze compaiono qui appena c’è la connessione.

## The dialogs

dialog-browse = Esplora le stanze
dialog-browse-search = Cerca una stanza per nome o argomento, o dai un nome a una nuova
dialog-browse-enter = Invio entra in { $name }.
dialog-browse-enter-new = Invio apre la nuova stanza { $name }.
dialog-browse-enter-several = Le stanze adatte sono più d’una: scegline una, o continua a scrivere.
dialog-browse-loading = Arrivano altre stanze…
dialog-browse-cut = Le stanze sono più di quante ne stiano in questo elenco. Se la tua non c’è, scrivi il suo nome per intero.
dialog-browse-none = Nessuna stanza corrisponde.
dialog-joined = ci sei
dialog-no-topic = Nessun argomento
dialog-person-loading = Chiedo al server…
dialog-message = Scrivi
dialog-invite = Invita
dialog-invite-to = Invita in…
dialog-invite-whom = Chi vuoi invitare?
dialog-kick = Rimuovi dalla stanza
dialog-kick-reason = Motivo (lo vedono tutti)
dialog-topic-field = Argomento
dialog-topic-hint = Lo vedono tutti nella stanza. Lascialo vuoto per non averne.
dialog-save = Salva
dialog-nick-field = Il tuo nome
dialog-nick-save = Cambia nome
dialog-away-field = Messaggio di assenza
dialog-away-set = Segnami assente
dialog-away-default = Assente
dialog-away-clear = Eccomi di nuovo
dialog-disconnect = Disconnetti
dialog-forget = Rimuovi questa rete
dialog-add = Aggiungi una rete
dialog-add-where = Indirizzo del server
dialog-add-button = Connetti
dialog-help = Aiuto
dialog-help-commands = Comandi
dialog-help-commands-hint = Si scrivono dove scrivi i messaggi. Quello che sta tra [ ] si può omettere.
dialog-help-keys = Tasti
dialog-invite-title = Invita qualcuno in { $room }
dialog-topic-title = Argomento di { $room }
dialog-nick-title = Tu su { $network }
dialog-create = Apri una nuova stanza di nome { $room }
dialog-invite-to-room = Invita in { $room }
dialog-kick-from = Rimuovi da { $room }
dialog-person-missing = { $nick } non è qui.

## The dialog about a person

person-called = Nome mostrato
person-realname = Nome completo
person-account = Account
person-away = Assente
person-idle = Ultima attività
person-since = Qui dal
person-rooms = Nelle stanze
person-operator = Aiuta a gestire questo server

## The banner above the conversation

banner-now = Prova ora
banner-connect = Connetti
banner-other-name = Scegli un altro nome
banner-disconnected = La connessione è chiusa.
banner-disconnected-meaning = Puoi continuare a leggere, ma non arriva niente di nuovo.
banner-offline = Questo dispositivo è senza rete.
banner-offline-meaning = Puoi continuare a leggere.
banner-offline-at-first = Potrai entrare appena avrà di nuovo la rete.
banner-starting = Connessione…
banner-stand-in = Qui il tuo nome è { $nick }, perché { $wanted } è ancora occupato dalla connessione che hai perso. Lo riavrai appena si libera.
banner-stand-in-other = Qui il tuo nome è { $nick }, perché qualcun altro si chiama { $wanted }. Avrai quel nome appena si libera.
banner-keep-name = Tieni { $nick }

## Messages of the app, which disappear by themselves

toast-label = Messaggi dell’app
toast-list = Ultimi messaggi dell’app
toast-dismiss = Chiudi
toast-rejoin = Rientra
toast-reopen = Riapri
toast-join = Entra
toast-ignore = Ignora
toast-copied = Link copiato.
toast-no-address = Questo link non porta a nessuna stanza e a nessuna persona. Forse è incompleto o scritto male.
toast-away = Ora risulti assente.
toast-back = Non risulti più assente.
toast-invitation = { $from } ti invita in { $room }.
toast-invited = Hai invitato { $who } in { $room }.
toast-renamed = Ora il tuo nome è { $nick }.
toast-left = Hai lasciato { $room }.
toast-closed = Hai chiuso la conversazione con { $nick }.
toast-forwarded = Non puoi entrare in { $from }: il server ti ha portato in { $to }.

## System notifications

alert-offer = Vuoi una notifica quando qualcuno ti menziona o ti scrive mentre fai altro?
alert-allow = Attiva le notifiche
alert-open = Apri
alert-not-now = Non ora
alert-title = Notifiche
alert-given = Ricevi una notifica quando qualcuno ti menziona o ti scrive mentre fai altro.
alert-not-asked = Puoi ricevere una notifica quando qualcuno ti menziona o ti scrive mentre fai altro.
alert-refused = Il browser non permette a questa pagina di mostrare notifiche. Per permetterle, apri le impostazioni di questo sito: di solito si trovano accanto all’indirizzo.
alert-impossible = Qui il browser non mostra notifiche. Quasi tutti lo fanno solo per le pagine con un indirizzo cifrato (https).
alert-from-room = { $from } in { $room }
alert-from-network = { $from } su { $network }
alert-from-room-network = { $from } in { $room } su { $network }

## Networks: addresses, certificates, removing one

network-change-address = Cambia indirizzo…
network-address-title = Indirizzo del server
network-address-save = Connetti a questo indirizzo
network-address-hint = Conversazioni e bozze restano.
network-identity = Il tuo certificato
network-identity-hint = Un file PEM con il tuo certificato e la sua chiave, se la rete ti riconosce così. Quasi nessuno ne ha uno.
network-not-now = Non ora
network-certificate = Il certificato mostrato dal server
network-certificate-names = Per
network-no-names = Nessun nome
network-certificate-issuer = Rilasciato da
network-self-signed = Il server stesso
network-certificate-until = Valido fino al
network-certificate-fingerprint = Impronta SHA-256
network-certificate-trusted = Impronta di cui ti fidavi
network-trust = Fidati di questo certificato per questo server
network-address-empty = Scrivi dov’è il server, per esempio irc.example.org
network-name-spaces = Un nome non ha spazi.
network-duplicate = Su questa rete ci sei già, con questo nome.
network-forget-sure = Da questo computer spariscono anche i suoi messaggi, le bozze e le password. Agli altri resta quello che hai scritto loro.
network-forget-do = Rimuovi
network-forget-not = Tieni
network-address-too-long = È troppo lungo per essere un indirizzo.
network-address-scheme = Questo è l’indirizzo di una pagina web, non di un server di chat.
network-address-host = Questo non è il nome di un server. Scrivilo come irc.example.org
network-address-port = Dopo i due punti va una porta: un numero da 1 a 65535.
network-as-whom = { $network } ({ $who })
network-several-stopped = { $count ->
    [one] Un’altra rete non è in linea: { $names }
   *[other] Altre { $count } reti non sono in linea: { $names }
}
network-about = Riguarda { $network }

## Moderation of a room: its settings, its bans and its ranks

moderation-settings = Impostazioni della stanza
moderation-loading = Chiedo al server…
moderation-nobody = Nessuno.
moderation-add = Aggiungi
moderation-add-who = Nome o indirizzo
moderation-add-list = In quale elenco
moderation-by = Chi
moderation-ban = Banna…
moderation-mute = Silenzia…
moderation-remove-too = Rimuovi anche dalla stanza
moderation-bot = bot
moderation-is-bot = Un bot: un programma, non una persona
moderation-invitations = Inviti
moderation-settings-title = Impostazioni di { $room }
moderation-group-enter = Chi può entrare
    .nothing-set = Tutti.
moderation-group-write = Chi può scrivere
    .nothing-set = Tutti.
moderation-group-room = La stanza
    .nothing-set = Tutti possono cambiarne l’argomento e trovarla nell’elenco delle stanze.
setting-invited-only = Solo chi ha un invito
setting-accounts-only = Solo chi ha un account
setting-key = Solo con questa chiave
setting-limit = Numero massimo di persone
setting-forward = Chi non può entrare va nella stanza
setting-voiced-speak = Solo relatori e operatori
setting-accounts-speak = Solo relatori e chi ha un account
setting-no-outsiders = Nessuno da fuori della stanza
setting-plain-text = Colori e grassetto vengono tolti
setting-topic-locked = Solo gli operatori cambiano l’argomento
setting-hidden = Fuori dall’elenco delle stanze
list-bans = Persone bannate
list-mutes = Persone silenziate
list-exceptions = Mai da bannare
list-invited = Con invito permanente
whom-everyone = Tutti
whom-host = Chiunque da { $host }
whom-account = L’account { $account }
whom-other = Chiunque corrisponda a { $mask }
moderation-changed = { $by } { $changes }
change-rank-given = { $rank ->
    [owner] ha dato a { $who } il ruolo di proprietario
    [admin] ha dato a { $who } il ruolo di amministratore
    [operator] ha dato a { $who } il ruolo di operatore
    [helper] ha dato a { $who } il ruolo di assistente
    [speaker] ha dato a { $who } il ruolo di relatore
   *[other] ha dato a { $who } il ruolo di membro
}
change-rank-taken = { $rank ->
    [owner] ha tolto a { $who } il ruolo di proprietario
    [admin] ha tolto a { $who } il ruolo di amministratore
    [operator] ha tolto a { $who } il ruolo di operatore
    [helper] ha tolto a { $who } il ruolo di assistente
    [speaker] ha tolto a { $who } il ruolo di relatore
   *[other] ha tolto a { $who } il ruolo di membro
}
change-turned-on = ha attivato “{ $setting }”
change-turned-off = ha disattivato “{ $setting }”
change-set = ha impostato “{ $setting }” su { $value }
change-listed = ha aggiunto all’elenco “{ $list }”: { $whom }
change-unlisted = ha tolto dall’elenco “{ $list }”: { $whom }
change-other = ha cambiato le impostazioni della stanza ({ $letters })
listed-by = da { $by }
listed-by-at = da { $by }, { $at }
unlist = Togli da “{ $list }”: { $whom }
by-nick = Solo questo nome
by-host = Chiunque da questo indirizzo
rank-in = { $rank ->
    [owner] Proprietario di { $room }
    [admin] Amministratore di { $room }
    [operator] Operatore di { $room }
    [helper] Assistente di { $room }
    [speaker] Relatore di { $room }
   *[other] Membro di { $room }
}
give-rank = { $rank ->
    [owner] Rendi proprietario
    [admin] Rendi amministratore
    [operator] Rendi operatore
    [helper] Rendi assistente
    [speaker] Rendi relatore
   *[other] Rendi membro
}
take-rank = { $rank ->
    [owner] Non più proprietario
    [admin] Non più amministratore
    [operator] Non più operatore
    [helper] Non più assistente
    [speaker] Non più relatore
   *[other] Non più membro
}
ban-from = Banna da { $room }
mute-in = Silenzia in { $room }
away-because = { $reason ->
    [none] Assente
   *[other] Assente: { $reason }
}

## A conversation: header, messages, composer

room-new = Nuovi
room-gap-somewhere = Qui mancano dei messaggi.
room-gap-lost = Questo server non li conserva.
room-load = Carica
room-loading = Caricamento…
room-loading-earlier = Carico i messaggi precedenti…
room-load-earlier = Carica i messaggi precedenti
room-no-earlier = Questo server non conserva messaggi precedenti.
room-mentions-you = Ti menziona:
room-cancel-all = Annulla tutti
room-undone = Non fatto, perché mancava la connessione:
room-undone-perhaps = La connessione è caduta, e non si sa se questo sia stato fatto:
request-topic = { $topic ->
    [none] Togliere l’argomento.
   *[other] Impostare l’argomento “{ $topic }”.
}
request-invite = Invitare { $nick } nella stanza.
request-kick = { $reason ->
    [none] Rimuovere { $nick } dalla stanza.
   *[other] Rimuovere { $nick } dalla stanza ({ $reason }).
}
request-settings = Cambiare le impostazioni della stanza.
request-rank = Cambiare il ruolo di { $nick }.
request-mask-added = Aggiungere { $who } all’elenco “{ $list }”.
request-mask-removed = Togliere { $who } dall’elenco “{ $list }”.
room-no-files = Per ora non si possono inviare immagini e altri file. Puoi inviare un link.
room-earlier-message = un messaggio precedente
room-in-reply-to = In risposta a
room-answer-them = Rispondi solo a loro
room-reactions = Reazioni
room-show-fewer = Mostra meno righe
room-sending = Invio…
room-not-confirmed = Ancora in viaggio. Il server non l’ha ancora confermato.
room-slowed = Il server rallenta l’invio, perché hai scritto molto in una volta.
room-not-sent = Non inviato.
room-retry = Riprova
room-delete = Elimina
room-copy-link = Copia link
room-show-rooms = Mostra le stanze
room-show-rooms-new = Mostra le stanze, { $new }
room-change-topic = Cambia argomento
room-add-topic = Aggiungi un argomento
room-offline = Quello che scrivi parte appena torna la connessione.
room-send = Invia
room-key = Chiave
room-join = Entra
room-ask = Chiedi a { $nick }
room-ask-message = Puoi invitarmi in { $room }?
room-suggestions = Suggerimenti
room-new-since = Nuovi dalle { $time }
room-gap = Mancano i messaggi tra le { $from } e le { $to }.
room-gap-around = Mancano dei messaggi intorno alle { $time }.
room-gap-days = Mancano dei messaggi: { $from } – { $to }.
room-gap-before = Mancano i messaggi prima delle { $to }.
room-beginning-server = Qui comincia tutto.
room-beginning-room = Qui comincia { $name }.
room-beginning-direct = Da qui in poi i tuoi messaggi con { $name } restano su questo dispositivo.
room-empty-server = Qui compare quello che ti dice il server.
    .what-to-do = Ancora niente.
room-empty-room = { $name } è una stanza: chi è dentro legge quello che si scrive qui.
    .what-to-do = Ancora nessun messaggio. Comincia tu con un saluto.
room-empty-direct = Solo tu e { $name } potete leggere questa conversazione.
    .what-to-do = Su questo dispositivo non ci sono ancora messaggi. Quello che vi scrivete resta qui.
room-joining = Entro in { $name }…
room-log-label = Messaggi in { $name }
room-says = { $nick }:
room-waits-for-connection = Aspetta la connessione
room-waits-for-turn = Aspetta il suo turno
room-waits-for-room = Aspetta la stanza
room-waiting-for-connection = { $count ->
    [one] 1 messaggio aspetta la connessione.
   *[other] { $count } messaggi aspettano la connessione.
}
room-waiting-for-turn = { $count ->
    [one] 1 messaggio aspetta il suo turno.
   *[other] { $count } messaggi aspettano il loro turno.
}
room-waiting-for-room = { $count ->
    [one] 1 messaggio aspetta la stanza.
   *[other] { $count } messaggi aspettano la stanza.
}
room-deleted-by-you = { $reason ->
    [none] Hai eliminato il messaggio
   *[other] Hai eliminato il messaggio ({ $reason })
}
room-deleted = { $reason ->
    [none] { $by } ha eliminato il messaggio
   *[other] { $by } ha eliminato il messaggio ({ $reason })
}
room-audience = { $rank ->
    [owner] Lo vedono solo i proprietari
    [admin] Lo vedono solo gli amministratori e i proprietari
    [operator] Lo vedono solo gli operatori
    [helper] Lo vedono solo gli assistenti e gli operatori
    [speaker] Lo vedono solo i relatori, gli assistenti e gli operatori
   *[other] Lo vedono solo alcune delle persone qui
}
room-reaction = { $text }: { $names }
room-show-lines = { $count ->
    [one] Mostra { $count } riga
   *[other] Mostra tutte le { $count } righe
}
room-jump = ↓ Al più recente
room-jump-new = ↓ { $new }
room-composer = Scrivi a { $name }
room-composer-server = Scrivi un comando che comincia con /
room-absent = Non sei in { $name }.
room-many-lines = Stai per inviare { NUMBER($lines) } righe in { $messages ->
    [one] un messaggio:
   *[other] { $messages } messaggi:
}
room-line-by-line = Stai per inviare { $messages ->
    [one] un messaggio:
   *[other] { $messages } messaggi, uno per riga:
}
room-one-message = { NUMBER($lines) } righe in un solo messaggio
room-send-lines = { $count ->
    [one] Invia in un messaggio
   *[other] Invia in { $count } messaggi
}

## What happened in a room

event-joined = { $who } ha raggiunto la stanza
event-left = { $reason ->
    [none] { $who } ha lasciato la stanza
   *[other] { $who } ha lasciato la stanza ({ $reason })
}
event-kicked = { $reason ->
    [none] { $by } ha rimosso { $who } dalla stanza
   *[other] { $by } ha rimosso { $who } dalla stanza ({ $reason })
}
event-renamed = { $from } ora si chiama { $to }
event-topic-set = { $by } ha scelto l’argomento: { $topic }
event-topic-cleared = { $by } ha tolto l’argomento
event-invited = { $by } ha invitato { $who }
event-room-renamed-by = { $reason ->
    [none] { $by } ha cambiato il nome della stanza da { $from } a { $to }
   *[other] { $by } ha cambiato il nome della stanza da { $from } a { $to } ({ $reason })
}
event-room-renamed = { $reason ->
    [none] Il nome della stanza è cambiato da { $from } a { $to }
   *[other] Il nome della stanza è cambiato da { $from } a { $to } ({ $reason })
}
quit-said = { $reason ->
    [none] { $who } ha chiuso la connessione
   *[other] { $who } ha chiuso la connessione ({ $reason })
}
quit-lost = { $who } ha perso la connessione
quit-split = { $who } non è più raggiungibile: due server si sono persi di vista
quit-flooded = Il server ha disconnesso { $who }: troppi messaggi in una volta
quit-too-slow = Il server ha disconnesso { $who }: connessione troppo lenta
quit-banned = Il server ha bannato { $who }
quit-killed = Il server ha allontanato { $who } ({ $reason })
several-joined = { $count ->
    [one] { $names } ha raggiunto la stanza
   *[other] { $names ->
        [none] { $count } persone hanno raggiunto la stanza
       *[other] { $names } hanno raggiunto la stanza
    }
}
several-left = { $count ->
    [one] { $names } ha lasciato la stanza
   *[other] { $names ->
        [none] { $count } persone hanno lasciato la stanza
       *[other] { $names } hanno lasciato la stanza
    }
}
several-left-and-came-back = { $count ->
    [one] { $names } ha lasciato la stanza e poi ha fatto ritorno
   *[other] { $names ->
        [none] { $count } persone hanno lasciato la stanza e poi hanno fatto ritorno
       *[other] { $names } hanno lasciato la stanza e poi hanno fatto ritorno
    }
}
several-came-and-left = { $count ->
    [one] { $names } ha fatto un salto nella stanza
   *[other] { $names ->
        [none] { $count } persone hanno fatto un salto nella stanza
       *[other] { $names } hanno fatto un salto nella stanza
    }
}
several-renamed = { $count ->
    [one] { $count } persona ha cambiato nome
   *[other] { $count } persone hanno cambiato nome
}

## Commands

command-join = Entra in una stanza o aprine una nuova
command-part = Esci da una stanza
command-nick = Cambia il tuo nome
command-topic = Di’ di che cosa si parla nella stanza
command-msg = Scrivi a una persona
command-me = Di’ che cosa fai: “/me saluta”
command-kick = Rimuovi qualcuno dalla stanza
command-invite = Invita qualcuno in una stanza
command-away = Di’ agli altri che non ci sei, e perché
command-back = Di’ agli altri che ci sei di nuovo
command-whois = Mostra chi è una persona
command-help = Mostra i comandi e i tasti
command-quit = Disconnetti da questa rete
command-list = Mostra le stanze che ci sono
word-action = azione
word-command = comando
word-key = chiave
word-message = messaggio
word-name = nome
word-reason = motivo
word-room = stanza
word-topic = argomento

## Keys

key-conversation = Alt + ↑ ↓
    .does = Conversazione precedente o successiva
key-new = Alt + Maiusc + ↑ ↓
    .does = Precedente o successiva con qualcosa di nuovo
key-mention = Alt + A
    .does = Successiva con una menzione o un messaggio diretto
key-history = Alt + ← →
    .does = Indietro e avanti tra quello che hai visto
key-members = Ctrl + .
    .does = Mostra o nascondi i membri
key-help = Ctrl + /
    .does = Questo aiuto
key-parts = F6, Maiusc + F6
    .does = Alla parte successiva o precedente della finestra
key-close = Esc
    .does = Chiudi quello che è aperto, o vai al messaggio più recente
key-send = Invio
    .does = Invia
key-line = Maiusc + Invio
    .does = Una riga nuova
key-complete = Tab
    .does = Completa un nome

## What went wrong

problem-tries = Hai provato { NUMBER($count) } volte, e la risposta è la stessa.
sign-space = spazi
sign-invisible = caratteri invisibili
sign-character = “{ $character }”

problem-host-not-found = { $about ->
    [none] Non è stato trovato nessun server con questo nome.
   *[other] Non è stato trovato nessun server di nome { $about }.
}
    .meaning = Il nome può contenere un errore, oppure questo dispositivo non è su internet.
    .remedy = Controlla il nome e la tua connessione.
problem-refused = { $about ->
    [none] Il server non risponde a questa porta.
   *[other] { $about } non risponde a questa porta.
}
    .meaning = La macchina c’è, ma a quella porta adesso non ascolta nessun server di chat.
    .remedy = Controlla la porta, o riprova tra un po’.
problem-timed-out = { $about ->
    [none] Il server non ha risposto in tempo.
   *[other] { $about } non ha risposto in tempo.
}
    .meaning = Forse è fermo o molto occupato, o qualcosa lungo la strada lo blocca.
    .remedy = Riprova tra un po’.
problem-bad-address = Questo indirizzo non si capisce.
    .meaning = Un indirizzo è il nome di un server, a volte con una porta.
    .remedy = Scrivilo come irc.example.org o irc.example.org:6697.
problem-unreachable = { $about ->
    [none] Il server non è raggiungibile.
   *[other] { $about } non è raggiungibile.
}
    .meaning = Forse è spento, o qualcosa lungo la strada non funziona.
    .remedy = parla riprova da sé.
problem-encryption-needed = Questa porta accetta solo connessioni cifrate.
    .meaning = Hai provato a connetterti senza cifratura.
    .remedy = Scrivi ircs:// davanti all’indirizzo, o aggiungilo di nuovo senza accettare la connessione non cifrata.
problem-web-server = Questa è la porta di un server web, non di un server di chat.
    .meaning = Lì si servono pagine. Quello che ha risposto è nei dettagli.
    .remedy = Togli la porta, o prova 6697.
problem-not-irc = { $about ->
    [none] Questo non è un server di chat.
   *[other] { $about } non è un server di chat.
}
    .meaning = Lì risponde qualcos’altro. Quello che ha detto è nei dettagli.
    .remedy = Controlla l’indirizzo e la porta.
problem-archive-broken = I messaggi di questa rete non si possono conservare su questo computer.
    .meaning = Il file in cui stanno è danneggiato o non si può scrivere. Puoi continuare a parlare.
    .remedy = Nei dettagli c’è scritto quale file è. Fai spazio sul disco, o sposta il file danneggiato e riavvia parla.
problem-keyring-failing = Le tue password non sono nel portachiavi di questo computer.
    .meaning = Non c’è un portachiavi, o è bloccato. parla non conserva le password da nessun’altra parte.
    .remedy = Scrivi la password quando ti viene chiesta, o sblocca il portachiavi e riavvia parla.
problem-browser-full = Quello che scrivi non si può salvare in questo browser.
    .meaning = Lo spazio per questa pagina è pieno o disattivato. I messaggi partono lo stesso, ma se chiudi la pagina quello che non è arrivato va perso.
    .remedy = Tieni aperta la pagina finché tutto è arrivato, o permetti al browser di salvare di più per questa pagina.
problem-store-damaged = Quello che parla aveva salvato su questo computer era danneggiato.
    .meaning = Tutto quello che si poteva ancora leggere è rimasto. Possono mancare reti, bozze o messaggi in attesa.
    .remedy = Il file danneggiato c’è ancora; nei dettagli c’è scritto dove.
problem-server-stopping = { $about ->
    [none] Il server si sta spegnendo o riavviando.
   *[other] { $about } si sta spegnendo o riavviando.
}
    .meaning = Puoi continuare a leggere, e quello che scrivi parte più tardi.
    .remedy = parla si riconnette appena il server torna.
problem-killed = Chi gestisce il server ha chiuso la tua connessione.
    .meaning = Il motivo è nei dettagli.
    .remedy = Se pensi che sia un errore, scrivi a chi lo gestisce.
problem-flooded = Il server ha chiuso la tua connessione: troppi messaggi in una volta.
    .meaning = In poco tempo accetta solo una certa quantità da una persona.
    .remedy = Scrivi più lentamente, o invia i testi lunghi a pezzi.
problem-too-slow = Il server ha chiuso la tua connessione: era troppo lenta.
    .meaning = Il server aveva da inviare più di quanto passasse, e ha smesso di aspettare.
    .remedy = parla si riconnette da sé e recupera quello che ti sei perso.
problem-server-full = { $about ->
    [none] Sul server non c’è posto per altre persone.
   *[other] Su { $about } non c’è posto per altre persone.
}
    .meaning = Al momento è pieno.
    .remedy = parla riprova da sé, ma non subito.
problem-too-many-from-address = Dal tuo indirizzo ci sono troppe persone connesse.
    .meaning = Chi condivide la tua connessione a internet ha lo stesso indirizzo, e da ciascuno questo server fa entrare solo un certo numero di persone.
    .remedy = Chiudi parla dove non ti serve, o chiedi a chi gestisce il server di farne entrare di più. parla riprova da sé.
problem-connecting-too-fast = Dal tuo indirizzo si sono appena connesse troppe persone.
    .meaning = In poco tempo il server accetta solo un certo numero di nuove connessioni da un indirizzo.
    .remedy = Aspetta un minuto. parla riprova da sé.
problem-sign-in-timed-out = L’accesso ha richiesto troppo tempo.
    .meaning = Il server ha smesso di aspettare. Forse la tua connessione è lenta.
    .remedy = parla riprova da sé.
problem-password-needed = Questo server chiede una password.
    .meaning = Entra solo chi la conosce, o chi ha un account.
    .remedy = Scrivila. Se non ne hai una, chiedi a chi gestisce il server.
problem-password-wrong = La password è sbagliata.
    .meaning = Il server non l’ha accettata.
    .remedy = Scrivila di nuovo; attenzione alle maiuscole.
problem-password-wrong-for = La password per { $account } è sbagliata.
    .meaning = Il server non conosce questo account, o la password è un’altra.
    .remedy = Controlla tutti e due e scrivili di nuovo; attenzione alle maiuscole.
problem-password-readable = La tua password partirebbe senza cifratura.
    .meaning = Altri lungo la strada verso il server potrebbero leggerla. Non è stata inviata.
    .remedy = Usa una connessione cifrata, se c’è.
problem-sign-in-needed = Questo server è solo per chi ha un account.
    .meaning = Prima di farti entrare vuole sapere chi sei.
    .remedy = Accedi con il nome e la password del tuo account.
problem-sign-in-refused = Il server non ti ha fatto accedere.
    .meaning = Il motivo è nei dettagli.
    .remedy = Riprova, o entra senza account se il server lo permette.
problem-sign-in-unsupported = A questo server non si accede con una password.
    .meaning = Ha altri modi, che parla non conosce. Sono nei dettagli.
    .remedy = Entra senza account se il server lo permette, o chiedi a chi lo gestisce.
problem-bad-identity = Il tuo certificato non si può usare.
    .meaning = Il file che hai scelto per questa rete non si può leggere, o non contiene un certificato con la sua chiave.
    .remedy = Scegli un file PEM con tutti e due. Che cosa non va è nei dettagli.
problem-banned-from-server = Non puoi entrare: questo server ti ha bannato.
    .meaning = Chi lo gestisce non ti fa entrare. Il motivo, se c’è, è nei dettagli.
    .remedy = Se pensi che sia un errore, scrivi a chi lo gestisce.
problem-room-full = { $about ->
    [none] La stanza è piena.
   *[other] { $about } è piena.
}
    .meaning = Fa entrare solo un certo numero di persone.
    .remedy = Riprova più tardi.
problem-invite-only = { $about ->
    [none] Per questa stanza ti serve un invito.
   *[other] Per { $about } ti serve un invito.
}
    .meaning = Può entrare solo chi ha un invito.
    .remedy = Chiedi a qualcuno che è dentro di invitarti.
problem-banned-from-room = { $about ->
    [none] Non puoi entrare: questa stanza ti ha bannato.
   *[other] Non puoi entrare: { $about } ti ha bannato.
}
    .meaning = Chi si occupa della stanza non ti fa entrare.
    .remedy = Se pensi che sia un errore, scrivi a qualcuno di loro.
problem-not-recognised = { $about ->
    [none] Per questa stanza ti serve un nuovo invito.
   *[other] Per { $about } ti serve un nuovo invito.
}
    .meaning = Può entrare solo chi ha un invito. Prima c’eri, ma senza un account il server non può riconoscerti.
    .remedy = Chiedi a qualcuno che è dentro di invitarti di nuovo.
problem-key-needed = { $about ->
    [none] Per la stanza serve una chiave.
   *[other] Per { $about } serve una chiave.
}
    .meaning = Può entrare solo chi conosce la chiave.
    .remedy = Se non conosci la chiave, chiedila a qualcuno che è nella stanza.
problem-key-wrong = { $about ->
    [none] Questa non è la chiave della stanza.
   *[other] Questa non è la chiave di { $about }.
}
    .meaning = Forse c’è un errore di battitura, o la chiave è cambiata.
    .remedy = Scrivila di nuovo; le maiuscole contano.
problem-account-needed = { $about ->
    [none] Qui serve un account.
   *[other] Per { $about } serve un account.
}
    .meaning = Non hai fatto l’accesso con un account.
    .remedy = Chiedi a chi si occupa di questa rete se e come puoi avere un account.
problem-no-such-room = { $about ->
    [none] Non c’è nessuna stanza con questo nome.
   *[other] Non c’è nessuna stanza di nome { $about }.
}
    .meaning = Non esiste, o il nome non è permesso.
    .remedy = Cercala nell’elenco delle stanze.
problem-too-many-rooms = Sei in troppe stanze.
    .meaning = Questa rete ti lascia stare solo in un certo numero di stanze insieme.
    .remedy = Esci da una stanza che non ti serve più.
problem-too-many-conversations = Hai troppe conversazioni.
    .meaning = L’elenco di parla può contenere solo un certo numero di stanze e persone.
    .remedy = Chiudine una che non ti serve più.
problem-kicked-out = { $about ->
    [none] Qualcuno ti ha rimosso da questa stanza.
   *[other] Qualcuno ti ha rimosso da { $about }.
}
    .meaning = È stata una persona che si occupa della stanza. Il motivo, se c’è, è nei dettagli.
    .remedy = Puoi rientrare, se la stanza te lo permette.
problem-not-in-room = { $about ->
    [none] Non sei in questa stanza.
   *[other] Non sei in { $about }.
}
    .meaning = Può farlo solo chi è dentro.
    .remedy = Prima entra nella stanza.
problem-already-in-room = { $about ->
    [none] Questa persona è già nella stanza.
   *[other] Questa persona è già in { $about }.
}
    .meaning = Non serve un invito.
    .remedy = Scrivile lì.
problem-voice-needed = { $about ->
    [none] In questa stanza possono scrivere solo alcune persone.
   *[other] In { $about } possono scrivere solo alcune persone.
}
    .meaning = Tutti gli altri leggono.
    .remedy = Chiedi a un operatore della stanza il ruolo di relatore.
problem-account-needed-to-speak = { $about ->
    [none] In questa stanza può scrivere solo chi ha un account.
   *[other] In { $about } può scrivere solo chi ha un account.
}
    .meaning = Tutti gli altri leggono.
    .remedy = Accedi, o chiedi a un operatore della stanza il ruolo di relatore.
problem-outside-room = { $about ->
    [none] In questa stanza può scrivere solo chi è dentro.
   *[other] In { $about } può scrivere solo chi è dentro.
}
    .meaning = Non accetta messaggi da fuori.
    .remedy = Prima entra nella stanza.
problem-silenced-in-room = { $about ->
    [none] In questa stanza non puoi scrivere: ti hanno silenziato o bannato.
   *[other] In { $about } non puoi scrivere: ti hanno silenziato o bannato.
}
    .meaning = Puoi leggere, ma quello che scrivi non arriva a nessuno.
    .remedy = Se pensi che sia un errore, scrivi a un operatore della stanza.
problem-not-taken = { $about ->
    [none] La stanza non accetta questo tipo di messaggio.
   *[other] { $about } non accetta questo tipo di messaggio.
}
    .meaning = Forse per i colori, o perché è una richiesta a un programma.
    .remedy = Scrivilo in modo semplice.
problem-not-operator = { $about ->
    [none] Possono farlo solo gli operatori della stanza.
   *[other] Possono farlo solo gli operatori di { $about }.
}
    .meaning = Gli operatori si occupano di una stanza.
    .remedy = Chiedi a uno di loro.
problem-not-server-operator = Può farlo solo chi gestisce il server.
    .meaning = Riguarda tutti quelli che ci sono.
    .remedy = Chiedi a chi lo gestisce.
problem-bad-setting = { $about ->
    [none] La stanza non è cambiata.
   *[other] { $about } non è cambiata.
}
    .meaning = Il server non accetta quello che hai scritto per una delle sue impostazioni.
    .remedy = Prova una parola più breve e senza spazi, o un numero più piccolo.
problem-list-full = { $about ->
    [none] Un elenco di questa stanza è pieno.
   *[other] Un elenco di { $about } è pieno.
}
    .meaning = Il server conserva solo un certo numero di voci.
    .remedy = Togline una che non serve più.
problem-lost = Hai perso la connessione.
    .meaning = Puoi continuare a leggere, e quello che scrivi parte più tardi.
    .remedy = Torna da sé appena torna la rete.
problem-store-failing = Adesso su questo computer non si può salvare niente.
    .meaning = Forse il disco è pieno. Quello che scrivi resta in memoria, e va perso solo se parla si chiude prima di poterlo salvare.
    .remedy = Fai spazio sul disco. parla riprova da sé.
problem-server-closed = Il server ha chiuso la connessione.
    .meaning = Il motivo che ha dato è nei dettagli.
    .remedy = Riprova. Se succede ancora, leggi i dettagli.
problem-throttled = Il server ti chiede di rallentare.
    .meaning = Troppe richieste in poco tempo.
    .remedy = Aspetta un minuto, poi riprova.
problem-they-are-not-in-room = { $about ->
    [none] Questa persona non è nella stanza.
   *[other] Questa persona non è in { $about }.
}
    .meaning = Forse ha lasciato la stanza un momento fa.
    .remedy = Guarda l’elenco dei membri.
problem-cannot-speak = { $about ->
    [none] In questa stanza adesso non puoi scrivere.
   *[other] In { $about } adesso non puoi scrivere.
}
    .meaning = Forse ti hanno silenziato, o il server è in difficoltà. Il motivo è nei dettagli.
    .remedy = Chiedi a qualcuno che si occupa della stanza.
problem-wrong-certificate-name = { $about ->
    [none] Questo server non ha potuto dimostrare di essere quello che hai chiesto.
   *[other] Questo server non ha potuto dimostrare di essere { $about }.
}
    .meaning = Il suo certificato è per un altro nome. Forse qualcuno si spaccia per lui, o è configurato male.
    .remedy = Controlla l’indirizzo. Se è giusto, dillo a chi gestisce il server.
problem-certificate-expired = { $about ->
    [none] Il certificato del server è scaduto.
   *[other] Il certificato di { $about } è scaduto.
}
    .meaning = Non è stato rinnovato in tempo, o l’orologio di questo dispositivo è sbagliato.
    .remedy = Controlla l’orologio. Se è giusto, dillo a chi gestisce il server.
problem-certificate-not-yet-valid = { $about ->
    [none] Il certificato del server non è ancora valido.
   *[other] Il certificato di { $about } non è ancora valido.
}
    .meaning = Molto probabilmente l’orologio di questo dispositivo è indietro.
    .remedy = Controlla l’orologio. Se è giusto, dillo a chi gestisce il server.
problem-certificate-changed = { $about ->
    [none] Il certificato del server è cambiato.
   *[other] Il certificato di { $about } è cambiato.
}
    .meaning = Ti fidavi di un altro. Forse chi gestisce il server l’ha rinnovato, o forse qualcuno in mezzo si spaccia per il server per leggere quello che scrivi.
    .remedy = Chiedi a chi gestisce il server la nuova impronta, e fidati solo se è quella qui sotto.
problem-bad-certificate = { $about ->
    [none] Il server non ha potuto dimostrare chi è.
   *[other] { $about } non ha potuto dimostrare chi è.
}
    .meaning = Nessuna autorità di cui questo dispositivo si fida ha confermato il suo certificato. I piccoli server spesso se lo fanno da sé.
    .remedy = Se conosci l’impronta del server ed è quella qui sotto, puoi fidarti.
problem-nick-taken = { $about ->
    [none] Qualcuno si chiama già così.
   *[other] Qualcuno si chiama già { $about }.
}
    .meaning = Qui ognuno ha un nome tutto suo.
    .remedy = Scegli un altro nome.
problem-nick-confusable = { $about ->
    [none] Il nome che hai scelto somiglia a quello di qualcuno.
   *[other] Il nome { $about } somiglia a quello di qualcuno.
}
    .meaning = Gli altri non saprebbero distinguervi.
    .remedy = Scegli un nome che si veda diverso.
problem-nick-held = { $about ->
    [none] Adesso il server non dà il nome che hai scelto.
   *[other] Adesso il server non dà il nome { $about }.
}
    .meaning = Forse qualcuno l’ha usato un momento fa, o è tenuto per qualcuno.
    .remedy = Scegli un altro nome, o riprova più tardi.
problem-nick-reserved = { $about ->
    [none] Il nome che hai scelto è riservato.
   *[other] Il nome { $about } è riservato.
}
    .meaning = Appartiene al server stesso, così nessuno può far finta di parlare a suo nome.
    .remedy = Scegli un altro nome.
problem-nick-too-long = { $about ->
    [none] Il nome che hai scelto è troppo lungo. Può avere { $count ->
        [one] una lettera.
       *[other] al massimo { $count } lettere.
    }
   *[other] Il nome { $about } è troppo lungo. Può avere { $count ->
        [one] una lettera.
       *[other] al massimo { $count } lettere.
    }
}
    .meaning = Questo server vuole nomi brevi.
    .remedy = Accorcialo.
problem-nick-start = Un nome non può cominciare con { $sign }.
    .meaning = Più avanti nel nome va bene.
    .remedy = Metti davanti una lettera o _.
problem-nick-character = Un nome non può contenere { $sign }.
    .meaning = Questo server non lo permette nei nomi.
    .remedy = Prova senza.
problem-nick-letters = Nei nomi questo server accetta solo le lettere dalla a alla z.
    .meaning = Non permette lettere accentate o di altri alfabeti.
    .remedy = Scrivi il tuo nome con lettere semplici.
problem-nick-mixed = { $about ->
    [none] Le lettere del nome che hai scelto non possono stare insieme.
   *[other] Le lettere di { $about } non possono stare insieme in un nome.
}
    .meaning = Sono di alfabeti o di direzioni diverse.
    .remedy = Usa lettere di un solo alfabeto.
problem-nick-invalid = { $about ->
    [none] Il nome che hai scelto qui non è permesso.
   *[other] Il nome { $about } qui non è permesso.
}
    .meaning = Il server non dice perché. Forse è troppo lungo, o tenuto per qualcos’altro.
    .remedy = Scegli un altro nome.
problem-no-such-person = { $about ->
    [none] Qui non c’è nessuno con questo nome.
   *[other] Qui non c’è nessuno di nome { $about }.
}
    .meaning = Forse non c’è più, o il nome contiene un errore.
    .remedy = Controlla il nome, o riprova quando torna.
problem-server-storage-full = Il server non ha più spazio per conservarlo.
    .meaning = Il suo disco è quasi pieno, e non accetta niente che non possa conservare.
    .remedy = Riprova più tardi, o avvisa chi gestisce il server.
problem-too-long = È troppo lungo.
    .meaning = Non sta in un solo messaggio.
    .remedy = Accorcialo, o invialo a pezzi.
problem-too-many-messages = Qui sarebbero { NUMBER($count) } messaggi. Se ne possono inviare al massimo { NUMBER($max) } in una volta.
    .meaning = Non è partito niente.
    .remedy = Invialo a pezzi.
problem-too-much-text = È troppo. Si possono inviare al massimo { NUMBER($kilobytes) } KB di testo in una volta.
    .meaning = Non è partito niente.
    .remedy = Invialo a pezzi.
problem-maybe-lost = Non si sa se è arrivato.
    .meaning = La connessione è caduta proprio durante l’invio, e il server non ne conserva una copia.
    .remedy = Chiedi, o invialo di nuovo.
problem-left-unsent = Hai lasciato la conversazione prima che partisse tutto.
    .meaning = Resta aperta, così non si perde niente.
    .remedy = Invialo di nuovo o eliminalo. Se la chiudi un’altra volta, si scarta.
problem-conversation-gone = La conversazione è stata chiusa prima.
    .meaning = Non è partito niente. Quello che avevi scritto è nei dettagli.
    .remedy = Riapri la conversazione e invialo da lì.
problem-queue-full = Ci sono troppi messaggi in attesa di partire.
    .meaning = Partono appena torna la connessione.
    .remedy = Aspetta prima di scriverne altri.
problem-unknown-command = { $about ->
    [none] Non c’è un comando con questo nome.
   *[other] Il comando { $about } non esiste.
}
    .meaning = Non è stato inviato a nessuno.
    .remedy = Scrivi / per vedere tutti i comandi. Per scrivere una barra, comincia con //.
problem-missing-words = { $about ->
    [none] Al comando manca qualcosa.
   *[other] A { $about } manca qualcosa.
}
    .meaning = Ne manca una parte.
    .remedy = Si scrive così:
problem-not-here = { $about ->
    [none] Qui non funziona.
   *[other] { $about } qui non funziona.
}
    .meaning = In questa conversazione non ha senso.
    .remedy = Apri la conversazione a cui serve.
problem-page-outdated = C’è una versione più nuova di questa pagina.
    .meaning = Un’altra scheda la usa già, e questa non la capisce.
    .remedy = Ricarica questa pagina. Non si perde niente.
problem-offline = Non sei in linea.
    .meaning = Funziona solo con la connessione.
    .remedy = Riprova quando torna la connessione.
problem-other = Il server non l’ha permesso.
    .meaning = Il motivo è nei dettagli.
    .remedy = Prova in un altro modo, o chiedi a chi gestisce il server.
problem-not-encrypted = Questa porta non usa la cifratura.
    .meaning = Senza cifratura, altri lungo la strada possono leggere quello che scrivi e ricevi, password comprese.
    .remedy = Prova la porta 6697, o vai avanti senza cifratura se per te va bene.
problem-plain-only = { $about ->
    [none] Il server risponde, ma solo senza cifratura.
   *[other] { $about } risponde, ma solo senza cifratura.
}
    .meaning = Senza cifratura, altri lungo la strada possono leggere quello che scrivi e ricevi, password comprese.
    .remedy = Chiedi della cifratura a chi gestisce il server, o vai avanti senza se per te va bene.

## The page before the app is there

loading-words = parla si sta caricando.
loading-slow = parla si sta ancora caricando. La connessione sembra lenta.
loading-offline = Questo dispositivo è senza rete. parla riprende a caricarsi appena la rete torna.
loading-failing = Una parte di parla non si è potuta caricare. Forse il server è molto occupato, o qualcosa lungo la strada non funziona. parla continua a provare.
loading-unreadable = Una parte di parla è arrivata, ma non si può usare. Forse questo browser è troppo vecchio, o qualcosa lungo la strada cambia quello che si carica. parla continua a provare.
loading-missing = Questa pagina non corrisponde al server, che forse è stato appena aggiornato. Riprova. Se non basta, dillo a chi gestisce il server.
loading-unable = Questo browser non può eseguire parla. Serve WebAssembly, che qui manca o è disattivato. Usa una versione recente di Firefox, Chrome, Edge o Safari, o connettiti con un programma IRC.
loading-broken = parla non si è potuta avviare. Riprova. Se non basta, prova un altro browser, e dillo a chi gestisce il server.
loading-stopped = parla si è fermata per un suo errore. Riprova per continuare.
loading-late = Ci vuole più del solito.
loading-again = Riprova
loading-without-script = parla ha bisogno di JavaScript e WebAssembly, che qui sono disattivati. Senza di loro, a questo server ci si può connettere con un programma IRC.
