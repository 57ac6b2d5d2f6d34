### The sentences of parla in English. CONTRIBUTING.md, “A new sentence of the app”, says how they are written
### and translated.

## Everywhere

# Closes whatever is open.
close = Close
# Closes the list that lies over the conversation.
to-conversation = Back to the conversation
# Cancels the action.
cancel = Cancel
# Shows the server's own words.
details = Details
# The label of the field in which the language is chosen.
language-field = Language
# The sentences of another language could not be loaded. $language is its own name for itself.
language-missing = { $language } could not be loaded, so the language stays as it is. Choose it again in a while.
# Two names in a sentence: “anna and bob”.
list-two = { $first } and { $last }
# Three or more names: “anna, bob and carl”. The last two are joined as above.
list-more = { $first }, { $next }
# Names, with the rest only counted: “anna, bob and 3 more”.
list-rest = { $count ->
    [one] { $names } and one more
   *[other] { $names } and { $count } more
}
# The time of day: hour and minute, two digits each.
time = { $hour }:{ $minute }
# How many messages of a conversation are new.
new-messages = { $count ->
    [one] { $count } new
   *[other] { $count } new
}
# The same, if there are more than can be counted: $count is a round number.
new-messages-more-than = { $count ->
    [one] { $count }+ new
   *[other] { $count }+ new
}
# Read aloud beside a conversation or a button that leads to several; $new is one of the two above or one
# of the two below.
unread-mentions = { $count ->
    [one] 1 mention, { $new }
   *[other] { $count } mentions, { $new }
}
unread-direct = { $count ->
    [one] 1 direct message
   *[other] { $count } direct messages
}
# The same, if other messages are new as well. $new is one of the two above.
unread-direct-too = { $count ->
    [one] 1 direct message, { $new }
   *[other] { $count } direct messages, { $new }
}
leave-room = Leave { $name }
close-conversation = Close { $name }
# The button with the person's own name.
you-are = You are { $nick }
you-are-away = You are { $nick } (away)
# The stages of connecting.
stage-finding = Finding the server
stage-securing = Securing the connection
stage-signing-in = Signing in
# The state of a network in two words, shown beside its name.
link-connecting = Connecting…
link-lost = Connection lost
link-offline = Device offline
link-stopped = Not connected
# $stage is one of the stages above.
connecting = { $network }: { $stage }…
# A countdown. “s” stands for seconds.
trying-again = { $seconds ->
    [0] Trying again now…
   *[other] Trying again in { $seconds } s.
}
member-count = { $count ->
    [one] 1 member
   *[other] { $count } members
}
people-count = { $count ->
    [one] 1 person
   *[other] { $count } people
}
room-count = { $count ->
    [one] 1 room
   *[other] { $count } rooms
}
# Headings above the members of each rank. Owners are highest, then admins, operators, helpers, speakers,
# members.
ranks-owner = Owners
ranks-admin = Admins
ranks-operator = Operators
ranks-helper = Helpers
ranks-speaker = Speakers
ranks-member = Members

## Dates

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
# The line between the messages of two days.
today = Today
yesterday = Yesterday
day-this-year = { $weekday }, { NUMBER($day) } { $month }
day-of-year = { $weekday }, { NUMBER($day) } { $month } { $year }
# A day and a time.
moment = { NUMBER($day) } { $month } { $year }, { $time }
# How long ago somebody was last active.
ago-now = just now
ago-minutes = { $count ->
    [one] 1 minute ago
   *[other] { $count } minutes ago
}
ago-hours = { $count ->
    [one] 1 hour ago
   *[other] { $count } hours ago
}
ago-days = { $count ->
    [one] 1 day ago
   *[other] { $count } days ago
}

## The first screen

# Under the app's name, in the browser.
first-sentence-browser = Choose a name, and you are in.
# Under the app's name, on the desktop.
first-sentence-desktop = Choose a name and a place, and you are in.
# The label of the field for the name.
first-name = Your name
# The label of the other field, on the desktop.
first-where = Where
# The initial value of that field.
first-this-computer = This computer
# The hint below that field.
first-where-hint = Or the address of a server, like irc.example.org
# The button that connects.
first-join = Join
# The same button after a failure.
first-again = Try again
# The field was left empty.
first-name-empty = Write the name that others will see.
# The button that accepts that others can read the connection.
first-unencrypted = Connect without encryption
# Below a name that is suggested instead of another.
first-suggested = How about this one?
# Under the app's name, for somebody who came by a link to a room.
first-sentence-room = Choose a name, and you are in { $name }.
# The same, for a link to a person.
first-sentence-person = Choose a name, and write to { $name }.
# $why says what is wrong with the name, in a whole sentence.
first-other-name = { $why } How about this one?

## The fields for a password

# Opens the fields.
password-open = I have a password
# The label of the field for the account name.
password-username = Account name
# The hint below it, where the password may be that of the server.
password-username-hint = Leave it empty if everyone on this server has the same password.
# The label of the field for the password.
password-password = Password
# The box for keeping the password, on the desktop.
password-keep = Remember it on this computer
# The button that sends the password to the server.
password-sign-in = Sign in
# The button that accepts that others can read the password.
password-send-readable = Send it without encryption

## The context menu

# Opens the page that a link leads to.
menu-open-link = Open link

## The list on the left

# The name of the list.
rooms-label = Rooms
# The heading above the rooms of a network.
rooms-rooms = Rooms
# The heading above the people.
rooms-people = Direct messages
# Opens the list of all rooms.
rooms-browse = Browse rooms
# Opens the form for joining a room or writing to a person.
rooms-new = Join or message…
# The label of the field of that form.
rooms-new-name = Room or person
# Joins the room.
rooms-join-room = Join room
# Writes to the person.
rooms-message-person = Message
# Adds another network.
rooms-add-network = Add a network
# The name of the conversation with the server’s own messages.
rooms-server = Messages of the server
# Opens the help.
rooms-help = Help

## The list on the right

# The name of the list.
members-label = Members
# The label of the search field.
members-search = Find a member
# Below the heading, while the person is not in the room.
members-unknown = Join the room to see who is here.
# The same, while the server is being asked.
members-loading = Finding out who is here…
# The same, while there is no connection.
members-offline = You will see who is here once you are connected.
# No member matches the search.
members-nobody = Nobody here has that name.
# Beside somebody who is away.
members-away = away
# Closes the list where it covers the conversation.
members-close = Close the list of members

## The middle while no conversation is open

# The heading.
welcome-title = Welcome
# The text below the heading.
welcome-sentence = Pick a room to join. You can be in many at once.
# While the list is loading.
welcome-loading = Looking for rooms…
# The network has no rooms.
welcome-no-rooms = There are no rooms yet. Open the first one.
# While the network is not connected.
welcome-not-yet = Rooms appear here once you are connected.

## The dialogs

# The title of the list of all rooms.
dialog-browse = Browse rooms
# The label of its search field.
dialog-browse-search = Find a room by its name or topic, or name a new one
# Below the field: what the Enter key does with the text in it.
dialog-browse-enter = Enter joins { $name }.
dialog-browse-enter-new = Enter opens the new room { $name }.
dialog-browse-enter-several = Several rooms match: choose one, or write on.
# While the list is loading.
dialog-browse-loading = More rooms are coming in…
# There are more rooms than are shown.
dialog-browse-cut = There are more rooms than fit into this list. If yours is not here, write its whole name.
# No room matches.
dialog-browse-none = No room matches.
# Beside a room that the person is in.
dialog-joined = joined
# Shown where a room has no topic.
dialog-no-topic = No topic
# While the information about a person is loading.
dialog-person-loading = Asking the server…
# Writes to a person.
dialog-message = Message
# Invites a person to a room.
dialog-invite = Invite
# Shows the rooms to which they can be invited.
dialog-invite-to = Invite to…
# The label of the field for the name of whoever is invited.
dialog-invite-whom = Whom do you want to invite?
# Removes somebody from the room.
dialog-kick = Remove from room
# The label of the field for the reason.
dialog-kick-reason = Reason (others see it)
# The title of the dialog about the topic.
dialog-topic-field = Topic
# The hint below its field.
dialog-topic-hint = Everyone in the room sees it. Leave it empty to have none.
# Saves the text.
dialog-save = Save
# The label of the field for the person’s own name.
dialog-nick-field = Your name
# Changes the name.
dialog-nick-save = Change name
# The label of the field for why the person is away.
dialog-away-field = Away message
# Marks the person as away.
dialog-away-set = Set as away
# The reason if none is given.
dialog-away-default = Away
# Marks the person as back.
dialog-away-clear = I am back
# Disconnects.
dialog-disconnect = Disconnect
# Removes the network.
dialog-forget = Remove this network
# The title of the dialog that adds a network.
dialog-add = Add a network
# The label of its field for the address.
dialog-add-where = Address of the server
# Its button.
dialog-add-button = Connect
# The title of the help.
dialog-help = Help
# The heading of its first part.
dialog-help-commands = Commands
# The text about the commands.
dialog-help-commands-hint = Type them where you write messages. What stands in [ ] can be left out.
# The heading of its second part.
dialog-help-keys = Keys
dialog-invite-title = Invite someone to { $room }
dialog-topic-title = Topic of { $room }
dialog-nick-title = You on { $network }
# The button that creates a room that does not exist yet.
dialog-create = Open a new room named { $room }
# The label of the rooms to which a person can be invited.
dialog-invite-to-room = Invite to { $room }
dialog-kick-from = Remove from { $room }
dialog-person-missing = { $nick } is not here.

## The dialog about a person

# The name that is shown beside the nick.
person-called = Display name
# The name that they give for themselves.
person-realname = Full name
# Their account.
person-account = Account
# Why they are away.
person-away = Away
# When they last wrote.
person-idle = Last active
# When they connected.
person-since = Here since
# The rooms that they are in.
person-rooms = In the rooms
# They look after the server.
person-operator = Helps to run this server

## The banner above the conversation

# Tries to connect at once.
banner-now = Try now
# Connects again after the person had disconnected.
banner-connect = Connect
# Opens the dialog in which the name can be changed.
banner-other-name = Choose another name
# The person has disconnected.
banner-disconnected = You are disconnected.
# What being disconnected means.
banner-disconnected-meaning = You can read on, but nothing new arrives.
# The device has no network.
banner-offline = This device is offline.
# What being offline means.
banner-offline-meaning = You can read on.
# The same, before the person has been let in.
banner-offline-at-first = You can join as soon as it is connected again.
# While nothing is known about the connection yet.
banner-starting = Connecting…
# The person has another name until the server notices that their earlier connection is lost.
banner-stand-in = You are { $nick } here, because { $wanted } is still taken by your lost connection. You get it back as soon as it is free.
# The same, if it is somebody else who has the name.
banner-stand-in-other = You are { $nick } here, because somebody else is called { $wanted }. You get that name as soon as it is free.
# Keeps that name.
banner-keep-name = Keep { $nick }

## Messages of the app, which disappear by themselves

# The name of the part of the window with these messages.
toast-label = Messages of the app
# The title of the list of earlier messages.
toast-list = Recent messages of the app
# Removes a message.
toast-dismiss = Dismiss
# Returns to a room that the person left.
toast-rejoin = Rejoin
# Opens a conversation again.
toast-reopen = Open again
# Accepts an invitation.
toast-join = Join
# Ignores an invitation.
toast-ignore = Ignore
# A link was copied.
toast-copied = The link is copied.
# Somebody came by a link that names no room and no person.
toast-no-address = This link leads to no room and no person. It may be incomplete or misspelt.
# The person was marked as away.
toast-away = You are marked as away.
# The person is no longer marked as away.
toast-back = You are no longer marked as away.
toast-invitation = { $from } invites you to { $room }.
toast-invited = { $who } was invited to { $room }.
toast-renamed = You are called { $nick } now.
toast-left = You left { $room }.
toast-closed = You closed the conversation with { $nick }.
# The person wanted to enter a room that is closed to them, and the server took them to another one.
toast-forwarded = You cannot enter { $from }, so you were taken to { $to }.

## System notifications

# Asks whether the person wants notifications.
alert-offer = Would you like a notification when somebody mentions you or writes to you while you are elsewhere?
# Accepts that offer.
alert-allow = Allow notifications
# The action of clicking a notification.
alert-open = Open
# Declines that offer.
alert-not-now = Not now
# The heading above the text about notifications in the help.
alert-title = Notifications
# Notifications are shown.
alert-given = You get a notification when somebody mentions you or writes to you while you are elsewhere.
# Notifications are shown if the person allows them.
alert-not-asked = You can get a notification when somebody mentions you or writes to you while you are elsewhere.
# The person has blocked them.
alert-refused = Your browser does not let this page show notifications. To allow them, open the settings of this site, usually by the symbol beside the address.
# The browser cannot show them.
alert-impossible = Your browser shows no notifications here. Most browsers do so only for pages with an encrypted address (https).
# The title of one: who wrote, in which room, and on which network if there are several.
alert-from-room = { $from } in { $room }
alert-from-network = { $from } on { $network }
alert-from-room-network = { $from } in { $room } on { $network }

## Networks: addresses, certificates, removing one

# Opens the dialog in which the address can be changed.
network-change-address = Change the address…
# The title of that dialog.
network-address-title = Address of the server
# The button of that dialog.
network-address-save = Connect there
# The hint below its field.
network-address-hint = Conversations and drafts stay.
# The label of the field for the person’s own certificate.
network-identity = Your certificate
# The hint below that field.
network-identity-hint = A PEM file with your certificate and its key, if the network knows you by one. Most people have none.
# Gives up a network that cannot be reached, until the person connects to it again.
network-not-now = Not now
# The heading above the details of a certificate.
network-certificate = The certificate that the server showed
# The label of the names in a certificate.
network-certificate-names = For
# The certificate contains no name.
network-no-names = No name
# The label of the authority that vouches for a certificate.
network-certificate-issuer = Issued by
# The server signed the certificate itself.
network-self-signed = The server itself
# The label of the end of its validity.
network-certificate-until = Valid until
# The label of the fingerprint, which distinguishes it from all others.
network-certificate-fingerprint = SHA-256 fingerprint
# The label of the fingerprint of the certificate that was trusted before.
network-certificate-trusted = Fingerprint that you trusted
# Accepts the certificate.
network-trust = Trust this certificate for this server
# The field for the address was left empty.
network-address-empty = Write where the server is, like irc.example.org
# The name contains a space.
network-name-spaces = A name has no spaces.
# The person is already on this network under this name.
network-duplicate = You are on this network under this name already.
# Asks before everything that is stored for a network is deleted.
network-forget-sure = This also deletes its messages, drafts and passwords from this computer. Others keep what you wrote to them.
# Confirms that.
network-forget-do = Remove it
# Declines that.
network-forget-not = Keep it
# Why the text is not a valid address.
network-address-too-long = This is too long for an address.
network-address-scheme = This is the address of a web page, not of a chat server.
network-address-host = This is not the name of a server. Write it like irc.example.org
network-address-port = Behind the colon belongs a port: a number from 1 to 65535.
# A network that the person has twice: its name, and the person’s name on it.
network-as-whom = { $network } ({ $who })
# $names are the names of the networks.
network-several-stopped = { $count ->
    [one] { $count } other network is not connected: { $names }
   *[other] { $count } other networks are not connected: { $names }
}
# The network that a problem is about, if it is not the one that is shown.
network-about = About { $network }

## Moderation of a room: its settings, its bans and its ranks

# Opens the settings of a room.
moderation-settings = Settings of the room
# While the settings are loading.
moderation-loading = Asking the server…
# The list is empty.
moderation-nobody = Nobody.
# The button of the form that adds somebody to a list.
moderation-add = Add
# The label of its field.
moderation-add-who = Name or address
# The label of the choice of a list.
moderation-add-list = What for
# The label of the choice between name and address.
moderation-by = Whom
# Bans somebody from the room.
moderation-ban = Ban…
# Mutes somebody in the room.
moderation-mute = Mute…
# Removes somebody from the room as well as banning them.
moderation-remove-too = Remove from the room, too
# Beside a bot.
moderation-bot = bot
# The same, in a sentence.
moderation-is-bot = A bot: a program, not a person
# The heading above invitations.
moderation-invitations = Invitations
moderation-settings-title = Settings of { $room }
# The groups of settings, and below each the text for when none of them is set.
moderation-group-enter = Who may enter
    .nothing-set = Everyone.
moderation-group-write = Who may write
    .nothing-set = Everyone.
moderation-group-room = The room
    .nothing-set = Everyone can set its topic and find it in the list of rooms.
# The settings: what is true if one is set. A field follows after “key”, “people” and “the room”.
setting-invited-only = Only people who were invited
setting-accounts-only = Only people with an account
setting-key = Only with this key
setting-limit = At most this many people
setting-forward = People who cannot enter are sent to the room
setting-voiced-speak = Only speakers and operators
setting-accounts-speak = Only speakers and people with an account
setting-no-outsiders = Nobody from outside the room
setting-plain-text = Colours and bold text are removed
setting-topic-locked = Only operators can set the topic
setting-hidden = Not in the list of rooms
# The headings of the lists.
list-bans = Banned
list-mutes = Muted
list-exceptions = Never banned
list-invited = Always invited
# The people whom an entry of a list matches.
whom-everyone = Everyone
whom-host = Everyone from { $host }
whom-account = The account { $account }
whom-other = Everyone matching { $mask }
# What somebody did to a room. $changes is one or several of the changes below: “anna made bob an operator”.
moderation-changed = { $by } { $changes }
change-rank-given = { $rank ->
    [owner] made { $who } an owner
    [admin] made { $who } an admin
    [operator] made { $who } an operator
    [helper] made { $who } a helper
    [speaker] made { $who } a speaker
   *[other] made { $who } a member
}
change-rank-taken = { $rank ->
    [owner] removed { $who } as an owner
    [admin] removed { $who } as an admin
    [operator] removed { $who } as an operator
    [helper] removed { $who } as a helper
    [speaker] removed { $who } as a speaker
   *[other] removed { $who } as a member
}
# $setting is one of the settings above.
change-turned-on = turned on “{ $setting }”
change-turned-off = turned off “{ $setting }”
change-set = set “{ $setting }” to { $value }
# $list is one of the headings of the lists above.
change-listed = added to the list “{ $list }”: { $whom }
change-unlisted = removed from the list “{ $list }”: { $whom }
# $letters are the server’s letters for the settings.
change-other = changed the settings of the room ({ $letters })
# Who added an entry, and when.
listed-by = by { $by }
listed-by-at = by { $by }, { $at }
# The button that removes an entry.
unlist = Remove from “{ $list }”: { $whom }
# How somebody is matched when they are banned or muted.
by-nick = Only this name
by-host = Everyone from this address
# Somebody’s rank in a room.
rank-in = { $rank ->
    [owner] Owner of { $room }
    [admin] Admin of { $room }
    [operator] Operator of { $room }
    [helper] Helper of { $room }
    [speaker] Speaker of { $room }
   *[other] Member of { $room }
}
# The buttons that give a rank and take it away.
give-rank = { $rank ->
    [owner] Make owner
    [admin] Make admin
    [operator] Make operator
    [helper] Make helper
    [speaker] Make speaker
   *[other] Make member
}
take-rank = { $rank ->
    [owner] No longer owner
    [admin] No longer admin
    [operator] No longer operator
    [helper] No longer helper
    [speaker] No longer speaker
   *[other] No longer member
}
ban-from = Ban from { $room }
mute-in = Mute in { $room }
# In the bar above a conversation with somebody who is away.
away-because = { $reason ->
    [none] Away
   *[other] Away: { $reason }
}

## A conversation: header, messages, composer

# Above the first unread message.
room-new = New
# A gap of which the times cannot be given, because the server’s clock was set back in between.
room-gap-somewhere = Messages are missing here.
# Follows that sentence if the messages cannot be had.
room-gap-lost = This server does not keep them.
# The button that fills the gap.
room-load = Load
# While a gap is being filled.
room-loading = Loading…
# While earlier messages come.
room-loading-earlier = Loading earlier messages…
# The button that loads earlier messages.
room-load-earlier = Load earlier messages
# The server has no earlier messages.
room-no-earlier = This server keeps no earlier messages.
# For people who do not see the mark in the margin.
room-mentions-you = Mentions you:
# Cancels all waiting messages.
room-cancel-all = Cancel all
# Above the composer, before what the person wanted to do in the room (the “request-…” sentences below).
room-undone = Not done, because you were not connected:
# The same, if it may have been done.
room-undone-perhaps = The connection broke, so it is not known whether this was done:
# What the person wanted to do.
request-topic = { $topic ->
    [none] Remove the topic.
   *[other] Set the topic to “{ $topic }”.
}
request-invite = Invite { $nick } to the room.
request-kick = { $reason ->
    [none] Remove { $nick } from the room.
   *[other] Remove { $nick } from the room ({ $reason }).
}
request-settings = Change the settings of the room.
request-rank = Change the rank of { $nick }.
# $list is the heading of a list, such as “Banned”.
request-mask-added = Add { $who } to the list “{ $list }”.
request-mask-removed = Take { $who } off the list “{ $list }”.
# A file was dropped, or a picture was pasted.
room-no-files = Pictures and other files cannot be sent yet. You can send a link to one.
# Above an answer, if the answered message is not here.
room-earlier-message = an earlier message
# The same, for people who do not see the arrow.
room-in-reply-to = In reply to
# The button that begins an answer to the same people.
room-answer-them = Answer only them
# The label of the reactions to a message.
room-reactions = Reactions
# Folds a long message again.
room-show-fewer = Show fewer lines
# The person’s own message, which the server has not confirmed.
room-sending = Sending…
# The same, if it has not been confirmed for a while.
room-not-confirmed = Still on its way. The server has not confirmed it yet.
# The same, after much was sent at once.
room-slowed = The server slows this down, because much was sent at once.
# The person’s own message was not delivered.
room-not-sent = Not sent.
# Sends it again.
room-retry = Retry
# Discards it.
room-delete = Delete
# Copies the address of the conversation.
room-copy-link = Copy link
# Shows the rooms on a narrow screen.
room-show-rooms = Show rooms
# The same, if something is new in them, such as “2 mentions, 3 new”.
room-show-rooms-new = Show rooms, { $new }
# Edits the topic of the room.
room-change-topic = Change topic
# The same, if the room has no topic.
room-add-topic = Add a topic
# Above the composer while not connected. The banner says that the person is not connected, and why.
room-offline = What you write is sent when the connection is back.
# Sends the message.
room-send = Send
# The label of the field for the key of a room.
room-key = Key
# Joins the room.
room-join = Join
# Sends the next sentence to somebody who is in a room that is closed to the person.
room-ask = Ask { $nick }
# What they are asked.
room-ask-message = Could you invite me to { $room }?
# The name of the list of suggestions.
room-suggestions = Suggestions
# For people who do not see the line above the first unread message.
room-new-since = New since { $time }
# A gap in the messages.
room-gap = Messages between { $from } and { $to } are missing.
# The same, if both times are in the same minute.
room-gap-around = Messages around { $time } are missing.
# The same, if it spans several days: both values are a day and a time.
room-gap-days = Messages are missing: { $from } – { $to }.
room-gap-before = Messages before { $to } are missing.
# Above the first message of a conversation.
room-beginning-server = This is the beginning.
room-beginning-room = This is the beginning of { $name }.
room-beginning-direct = Your messages with { $name } are kept on this device from here on.
# An empty conversation: what it is, and what to do.
room-empty-server = What the server tells you appears here.
    .what-to-do = Nothing yet.
room-empty-room = { $name } is a room: everyone in it reads what is written here.
    .what-to-do = No messages yet. Say hello.
room-empty-direct = Only you and { $name } can read this conversation.
    .what-to-do = There are no messages on this device yet. What you write to each other is kept here.
room-joining = Joining { $name }…
room-log-label = Messages in { $name }
# Before a message without a visible name, for people who do not see the group.
room-says = { $nick }:
# Beside the person’s own waiting message.
room-waits-for-connection = Waits for the connection
room-waits-for-turn = Waits for its turn
room-waits-for-room = Waits for the room
# Several waiting messages.
room-waiting-for-connection = { $count ->
    [one] 1 message waits for the connection.
   *[other] { $count } messages wait for the connection.
}
room-waiting-for-turn = { $count ->
    [one] 1 message waits for its turn.
   *[other] { $count } messages wait for their turn.
}
room-waiting-for-room = { $count ->
    [one] 1 message waits for the room.
   *[other] { $count } messages wait for the room.
}
# Replaces a message that was deleted.
room-deleted-by-you = { $reason ->
    [none] Message deleted by you
   *[other] Message deleted by you ({ $reason })
}
room-deleted = { $reason ->
    [none] Message deleted by { $by }
   *[other] Message deleted by { $by } ({ $reason })
}
# Who can read a message that is not for everybody.
room-audience = { $rank ->
    [owner] Only owners see this
    [admin] Only admins and owners see this
    [operator] Only operators see this
    [helper] Only helpers and operators see this
    [speaker] Only speakers, helpers and operators see this
   *[other] Only some of the people here see this
}
# A reaction and the people who gave it: “👍: anna, bob”.
room-reaction = { $text }: { $names }
room-show-lines = { $count ->
    [one] Show all { $count } lines
   *[other] Show all { $count } lines
}
# The button that goes to the newest message. The arrow must stay in front.
room-jump = ↓ To the newest
# $new says how many messages are new.
room-jump-new = ↓ { $new }
# The label of the field in which messages are written.
room-composer = Message { $name }
room-composer-server = Type a command that starts with /
# Replaces that field.
room-absent = You are not in { $name }.
# Asks before many lines are sent as several messages.
room-many-lines = You are about to send { NUMBER($lines) } lines as { NUMBER($messages) } messages:
room-line-by-line = You are about to send { NUMBER($messages) } messages, one for each line:
# While many lines are written that will become one message.
room-one-message = { NUMBER($lines) } lines, sent as one message
room-send-lines = { $count ->
    [one] Send as { $count } message
   *[other] Send as { $count } messages
}

## What happened in a room

# $reason is the reason that somebody gave; there may be none.
event-joined = { $who } joined
event-left = { $reason ->
    [none] { $who } left
   *[other] { $who } left ({ $reason })
}
event-kicked = { $reason ->
    [none] { $who } was removed by { $by }
   *[other] { $who } was removed by { $by } ({ $reason })
}
event-renamed = { $from } is now called { $to }
event-topic-set = { $by } set the topic: { $topic }
event-topic-cleared = { $by } removed the topic
event-invited = { $by } invited { $who }
event-room-renamed-by = { $reason ->
    [none] { $by } renamed this room from { $from } to { $to }
   *[other] { $by } renamed this room from { $from } to { $to } ({ $reason })
}
event-room-renamed = { $reason ->
    [none] This room was renamed from { $from } to { $to }
   *[other] This room was renamed from { $from } to { $to } ({ $reason })
}
# Somebody left the network, and how.
quit-said = { $reason ->
    [none] { $who } disconnected
   *[other] { $who } disconnected ({ $reason })
}
quit-lost = { $who } lost the connection
quit-split = { $who } was cut off when two servers lost each other
quit-flooded = { $who } was disconnected for sending too much at once
quit-too-slow = { $who } was disconnected because their connection was too slow
quit-banned = { $who } was banned from the server
quit-killed = { $who } was removed from the server ({ $reason })
# Several people in one line. $names are at most two names, joined by “and”; for more people only $count is
# given.
several-joined = { $names ->
    [none] { NUMBER($count) } joined
   *[other] { $names } joined
}
several-left = { $names ->
    [none] { NUMBER($count) } left
   *[other] { $names } left
}
several-left-and-came-back = { $names ->
    [none] { NUMBER($count) } left and came back
   *[other] { $names } left and came back
}
several-came-and-left = { $names ->
    [none] { NUMBER($count) } came and left
   *[other] { $names } came and left
}
several-renamed = { NUMBER($count) } changed their names

## Commands

# What each command does. The commands themselves are the same in all languages.
command-join = Join a room, or open a new one
command-part = Leave a room
command-nick = Change your name
command-topic = Say what the room is about
command-msg = Write to one person
command-me = Say what you do: “/me waves”
command-kick = Remove someone from the room
command-invite = Ask someone into a room
command-away = Tell others that you are away, and why
command-back = Tell others that you are back
command-whois = See who someone is
command-help = Show the commands and the keys
command-quit = Disconnect from this network
command-list = Show the rooms there are
# The parameters of commands, each in one or two words: “/kick <name> [reason]”.
word-action = action
word-command = command
word-key = key
word-message = message
word-name = name
word-reason = reason
word-room = room
word-topic = topic

## Keys

# The keys as they are called on keyboards of this language, and what they do.
key-conversation = Alt + ↑ ↓
    .does = Previous or next conversation
key-new = Alt + Shift + ↑ ↓
    .does = Previous or next with something new
key-mention = Alt + A
    .does = Next with a mention or a direct message
key-history = Alt + ← →
    .does = Back and forward through what you have seen
key-members = Ctrl + .
    .does = Show or hide the members
key-help = Ctrl + /
    .does = This help
key-parts = F6, Shift + F6
    .does = To the next or previous part of the window
key-close = Esc
    .does = Close what is open, or go to the newest message
key-send = Enter
    .does = Send
key-line = Shift + Enter
    .does = A new line
key-complete = Tab
    .does = Complete a name

## What went wrong

# For each: what happened, what it means, and what to do. $about is the server, the room or the person that
# it is about; there may be none.
# Follows the other sentences if the person tries again and the answer is the same.
problem-tries = You have tried { NUMBER($count) } times, and the answer is the same.
# The characters that a name cannot contain, as a sentence names them:
sign-space = spaces
sign-invisible = invisible characters
sign-character = “{ $character }”

problem-host-not-found = { $about ->
    [none] No server of this name was found.
   *[other] No server named { $about } was found.
}
    .meaning = The name may be misspelt, or this device is not on the internet.
    .remedy = Check the name and your connection.
problem-refused = { $about ->
    [none] The server does not answer at this port.
   *[other] { $about } does not answer at this port.
}
    .meaning = The device is there, but no chat server is listening at that port right now.
    .remedy = Check the port, or try again in a while.
problem-timed-out = { $about ->
    [none] The server did not answer in time.
   *[other] { $about } did not answer in time.
}
    .meaning = It may be down or very busy, or something on the way blocks it.
    .remedy = Try again in a while.
problem-bad-address = This address cannot be read.
    .meaning = An address is the name of a server, sometimes with a port.
    .remedy = Write it like irc.example.org or irc.example.org:6697.
problem-unreachable = { $about ->
    [none] The server cannot be reached.
   *[other] { $about } cannot be reached.
}
    .meaning = It may be switched off, or something on the way is in trouble.
    .remedy = parla tries again by itself.
problem-encryption-needed = This port takes encrypted connections only.
    .meaning = You tried to connect to it without encryption.
    .remedy = Write ircs:// before its address, or add it again without agreeing to go on unencrypted.
problem-web-server = This is the port of a web server, not of a chat server.
    .meaning = Pages are served there. What it answered is in the details.
    .remedy = Leave out the port, or try 6697.
problem-not-irc = { $about ->
    [none] This is not a chat server.
   *[other] { $about } is not a chat server.
}
    .meaning = Something else answers there. What it said is in the details.
    .remedy = Check the address and the port.
problem-archive-broken = The messages of this network cannot be kept on this computer.
    .meaning = The file that they are kept in is damaged or cannot be written. You can go on talking.
    .remedy = The details say which file it is. Make room on the disk, or move a damaged file away and start parla again.
problem-keyring-failing = Your passwords are not in the keyring of this computer.
    .meaning = There is no keyring, or it is locked. parla keeps passwords nowhere else.
    .remedy = Type the password whenever you are asked for it, or unlock the keyring and start parla again.
problem-browser-full = What you write cannot be saved in this browser.
    .meaning = Its storage for this page is full or turned off. Messages are still sent, but what has not arrived is lost if the page is closed.
    .remedy = Keep the page open until everything has arrived, or let the browser store more for this page.
problem-store-damaged = What parla had saved on this computer was damaged.
    .meaning = Everything that could still be read was kept. Networks, drafts or waiting messages may be missing.
    .remedy = The damaged file was not deleted; the details say where it is.
problem-server-stopping = { $about ->
    [none] The server is being shut down or restarted.
   *[other] { $about } is being shut down or restarted.
}
    .meaning = You can read on, and what you write is sent later.
    .remedy = parla connects again as soon as it is back.
problem-killed = You were disconnected by somebody who runs the server.
    .meaning = Their reason is in the details.
    .remedy = Write to them if you think that is a mistake.
problem-flooded = You were disconnected because too much was sent at once.
    .meaning = The server takes only so much from one person in a short time.
    .remedy = Write more slowly, or send long texts in parts.
problem-too-slow = You were disconnected because your connection was too slow.
    .meaning = The server had more to send than your connection could take, and stopped waiting.
    .remedy = parla connects again by itself and fetches what you missed.
problem-server-full = { $about ->
    [none] The server has no room for more people.
   *[other] { $about } has no room for more people.
}
    .meaning = It is full at the moment.
    .remedy = parla tries again by itself, but not at once.
problem-too-many-from-address = Too many people are connected from your address.
    .meaning = Everyone who shares your internet connection has the same address, and this server lets in only so many from each.
    .remedy = Close parla where you do not need it, or ask whoever runs the server to let in more. parla tries again by itself.
problem-connecting-too-fast = Too many people have just connected from your address.
    .meaning = The server takes only so many new connections from one address in a short time.
    .remedy = Wait a minute. parla tries again by itself.
problem-sign-in-timed-out = Signing in took too long.
    .meaning = The server stopped waiting. Your connection may be slow.
    .remedy = parla tries again by itself.
problem-password-needed = This server asks for a password.
    .meaning = Only people who know it, or who have an account, are let in.
    .remedy = Type it in. If you have none, ask whoever runs the server.
problem-password-wrong = The password is wrong.
    .meaning = The server did not accept it.
    .remedy = Type it again; capital letters matter.
problem-password-wrong-for = The password for { $account } is wrong.
    .meaning = The server does not know this account, or it has another password.
    .remedy = Check both and type them again; capital letters matter.
problem-password-readable = Your password would be sent without encryption.
    .meaning = Others on the way to the server could read it. It was not sent.
    .remedy = Use an encrypted connection if there is one.
problem-sign-in-needed = This server is only for people with an account.
    .meaning = It wants to know who you are before it lets you in.
    .remedy = Sign in with the name and the password of your account.
problem-sign-in-refused = The server did not sign you in.
    .meaning = Its reason is in the details.
    .remedy = Try again, or go in without an account if the server allows it.
problem-sign-in-unsupported = This server does not sign people in by a password.
    .meaning = It has other ways, which parla does not know. They are in the details.
    .remedy = Go in without an account if the server allows it, or ask whoever runs the server.
problem-bad-identity = Your certificate cannot be used.
    .meaning = The file that you chose for this network cannot be read, or has no certificate with its key in it.
    .remedy = Choose a PEM file with both. What is wrong with it is in the details.
problem-banned-from-server = You are banned from this server.
    .meaning = Those who run it do not let you in. Their reason, if they gave one, is in the details.
    .remedy = Write to them if you think that is a mistake.
problem-room-full = { $about ->
    [none] The room is full.
   *[other] { $about } is full.
}
    .meaning = It lets in only so many people.
    .remedy = Try again later.
problem-invite-only = { $about ->
    [none] You need an invitation to this room.
   *[other] You need an invitation to { $about }.
}
    .meaning = Only people who were invited can join.
    .remedy = Ask someone who is in it to invite you.
problem-banned-from-room = { $about ->
    [none] You are banned from this room.
   *[other] You are banned from { $about }.
}
    .meaning = Those who look after the room do not let you in.
    .remedy = Write to one of them if you think that is a mistake.
problem-not-recognised = { $about ->
    [none] You need a new invitation to this room.
   *[other] You need a new invitation to { $about }.
}
    .meaning = Only people who were invited can join. You were in it before, but without an account the server cannot tell that it is you.
    .remedy = Ask someone who is in it to invite you again.
problem-key-needed = { $about ->
    [none] The room needs a key.
   *[other] { $about } needs a key.
}
    .meaning = Only people who know the key can join.
    .remedy = If you do not know the key, ask someone who is in the room.
problem-key-wrong = { $about ->
    [none] This is not the key of the room.
   *[other] This is not the key of { $about }.
}
    .meaning = It may be misspelt, or the key was changed.
    .remedy = Type it again; capital letters matter.
problem-account-needed = { $about ->
    [none] This is for people with an account.
   *[other] { $about } is for people with an account.
}
    .meaning = You are not signed in to one.
    .remedy = Ask those who look after this network whether and how you can have an account.
problem-no-such-room = { $about ->
    [none] There is no room named that.
   *[other] There is no room named { $about }.
}
    .meaning = It does not exist, or the name is not allowed.
    .remedy = Look for it in the list of rooms.
problem-too-many-rooms = You are in too many rooms.
    .meaning = This network lets you be in only so many at once.
    .remedy = Leave a room that you no longer need.
problem-too-many-conversations = You have too many conversations.
    .meaning = parla can have only so many rooms and people in its list at once.
    .remedy = Close one that you no longer need.
problem-kicked-out = { $about ->
    [none] You were removed from this room.
   *[other] You were removed from { $about }.
}
    .meaning = Someone who looks after the room removed you. The reason, if there is one, is in the details.
    .remedy = You can join again if the room lets you.
problem-not-in-room = { $about ->
    [none] You are not in this room.
   *[other] You are not in { $about }.
}
    .meaning = Only those who are in it can do that.
    .remedy = Join the room first.
problem-already-in-room = { $about ->
    [none] They are already in this room.
   *[other] They are already in { $about }.
}
    .meaning = There is no need to invite them.
    .remedy = Just write to them there.
problem-voice-needed = { $about ->
    [none] Only some people may write in this room.
   *[other] Only some people may write in { $about }.
}
    .meaning = Everyone else reads along.
    .remedy = Ask an operator of the room to make you a speaker.
problem-account-needed-to-speak = { $about ->
    [none] Only people with an account may write in this room.
   *[other] Only people with an account may write in { $about }.
}
    .meaning = Everyone else reads along.
    .remedy = Sign in, or ask an operator of the room to make you a speaker.
problem-outside-room = { $about ->
    [none] Only people who are in this room can write there.
   *[other] Only people who are in { $about } can write there.
}
    .meaning = It accepts no messages from outside.
    .remedy = Join the room first.
problem-silenced-in-room = { $about ->
    [none] You are banned or muted in this room.
   *[other] You are banned or muted in { $about }.
}
    .meaning = You can read along, but nobody gets what you write.
    .remedy = Write to an operator of the room if you think that is a mistake.
problem-not-taken = { $about ->
    [none] The room does not take this kind of message.
   *[other] { $about } does not take this kind of message.
}
    .meaning = It may be its colours, or a request to a program.
    .remedy = Write it plainly.
problem-not-operator = { $about ->
    [none] Only operators of the room may do that.
   *[other] Only operators of { $about } may do that.
}
    .meaning = Operators look after a room.
    .remedy = Ask one of them.
problem-not-server-operator = Only those who run the server may do that.
    .meaning = It concerns everyone on it.
    .remedy = Ask one of them.
problem-bad-setting = { $about ->
    [none] The room was not changed.
   *[other] { $about } was not changed.
}
    .meaning = The server does not take what you wrote for one of its settings.
    .remedy = Try a shorter word without spaces, or a smaller number.
problem-list-full = { $about ->
    [none] A list of this room is full.
   *[other] A list of { $about } is full.
}
    .meaning = The server keeps only so many entries.
    .remedy = Remove one that is no longer needed.
problem-lost = The connection is lost.
    .meaning = You can read on, and what you write is sent later.
    .remedy = It comes back by itself once the network does.
problem-store-failing = Nothing can be saved on this computer right now.
    .meaning = The disk may be full. What you write is kept in memory, and is lost only if parla ends before it can be saved.
    .remedy = Make room on the disk. parla tries again by itself.
problem-server-closed = The server ended the connection.
    .meaning = It gave its reason in the details.
    .remedy = Try again. If it happens once more, read the details.
problem-throttled = The server asks you to slow down.
    .meaning = There were too many requests in a short time.
    .remedy = Wait a minute, then try again.
problem-they-are-not-in-room = { $about ->
    [none] They are not in this room.
   *[other] They are not in { $about }.
}
    .meaning = They may have left a moment ago.
    .remedy = Look at the list of members.
problem-cannot-speak = { $about ->
    [none] You cannot write in this room right now.
   *[other] You cannot write in { $about } right now.
}
    .meaning = You may be muted, or the server may be in trouble. Its reason is in the details.
    .remedy = Ask one of those who look after the room.
problem-wrong-certificate-name = { $about ->
    [none] This server could not prove that it is the one you asked for.
   *[other] This server could not prove that it is { $about }.
}
    .meaning = Its certificate is for another name. Someone may be pretending to be it, or it is set up wrongly.
    .remedy = Check the address. If it is right, tell whoever runs the server.
problem-certificate-expired = { $about ->
    [none] The certificate of the server has expired.
   *[other] The certificate of { $about } has expired.
}
    .meaning = It was not renewed in time, or the clock of this device is wrong.
    .remedy = Check the clock. If it is right, tell whoever runs the server.
problem-certificate-not-yet-valid = { $about ->
    [none] The certificate of the server is not valid yet.
   *[other] The certificate of { $about } is not valid yet.
}
    .meaning = Most likely the clock of this device is behind.
    .remedy = Check the clock. If it is right, tell whoever runs the server.
problem-certificate-changed = { $about ->
    [none] The certificate of the server has changed.
   *[other] The certificate of { $about } has changed.
}
    .meaning = You trusted another one. Those who run the server may have renewed it, or someone in between is pretending to be the server in order to read along.
    .remedy = Ask those who run the server for its new fingerprint, and trust it only if that is the one below.
problem-bad-certificate = { $about ->
    [none] The server could not prove who it is.
   *[other] { $about } could not prove who it is.
}
    .meaning = No authority that this device trusts has confirmed its certificate. Small servers often make their own.
    .remedy = If you know the server's fingerprint and it is the one below, you can trust it.
problem-nick-taken = { $about ->
    [none] Somebody is already called that.
   *[other] Somebody is already called { $about }.
}
    .meaning = Everyone here has a name of their own.
    .remedy = Take another name.
problem-nick-confusable = { $about ->
    [none] The name you chose looks like one that somebody has.
   *[other] The name { $about } looks like one that somebody has.
}
    .meaning = Others could not tell the two of you apart.
    .remedy = Take a name that looks different.
problem-nick-held = { $about ->
    [none] The server does not give out the name you chose right now.
   *[other] The server does not give out the name { $about } right now.
}
    .meaning = Somebody may have used it a moment ago, or it is kept for somebody.
    .remedy = Take another name, or try again later.
problem-nick-reserved = { $about ->
    [none] The name you chose is reserved.
   *[other] The name { $about } is reserved.
}
    .meaning = It belongs to the server itself, so that nobody can pretend to speak for it.
    .remedy = Take another name.
problem-nick-too-long = { $about ->
    [none] The name you chose is too long. It can have { $count ->
        [one] one letter.
       *[other] { $count } letters at most.
    }
   *[other] The name { $about } is too long. It can have { $count ->
        [one] one letter.
       *[other] { $count } letters at most.
    }
}
    .meaning = This server keeps names short.
    .remedy = Make it shorter.
problem-nick-start = A name cannot start with { $sign }.
    .meaning = It may come later in the name.
    .remedy = Put a letter or _ before it.
problem-nick-character = A name cannot contain { $sign }.
    .meaning = This server does not allow it in names.
    .remedy = Leave it out.
problem-nick-letters = This server takes only the letters a to z in names.
    .meaning = It does not allow letters with accents or of other alphabets.
    .remedy = Spell your name in plain letters.
problem-nick-mixed = { $about ->
    [none] The letters of the name you chose cannot stand together.
   *[other] The letters of { $about } cannot stand together in one name.
}
    .meaning = They are of different alphabets or directions.
    .remedy = Use letters of one alphabet.
problem-nick-invalid = { $about ->
    [none] The name you chose is not allowed here.
   *[other] The name { $about } is not allowed here.
}
    .meaning = The server does not say why. It may be too long, or kept for something else.
    .remedy = Take another name.
problem-no-such-person = { $about ->
    [none] Nobody named that is here.
   *[other] Nobody named { $about } is here.
}
    .meaning = They may have left, or the name is misspelt.
    .remedy = Check the name, or try again when they are back.
problem-server-storage-full = The server has no space to keep this.
    .meaning = Its disk is nearly full, and it takes nothing that it could not keep.
    .remedy = Try again later, or tell whoever runs the server.
problem-too-long = That is too long.
    .meaning = It does not fit into one message.
    .remedy = Make it shorter, or send it in parts.
problem-too-many-messages = That would be { NUMBER($count) } messages here. At most { NUMBER($max) } can be sent at once.
    .meaning = Nothing was sent.
    .remedy = Send it in parts.
problem-too-much-text = That is too much. At most { NUMBER($kilobytes) } KB of text can be sent at once.
    .meaning = Nothing was sent.
    .remedy = Send it in parts.
problem-maybe-lost = It is not known whether this arrived.
    .meaning = The connection broke just as it was sent, and the server keeps no copy.
    .remedy = Ask, or send it again.
problem-left-unsent = You left the conversation before everything was sent.
    .meaning = It stays open, so that nothing is lost.
    .remedy = Send it again, or delete it. Closing the conversation once more discards it.
problem-conversation-gone = The conversation was closed before this reached it.
    .meaning = Nothing was sent. What you wrote is in the details.
    .remedy = Open the conversation again, and send it from there.
problem-queue-full = Too many messages are waiting to be sent.
    .meaning = They go out as soon as the connection is back.
    .remedy = Wait for it before you write more.
problem-unknown-command = { $about ->
    [none] There is no command of that name.
   *[other] There is no command { $about }.
}
    .meaning = It was not sent to anyone.
    .remedy = Type / to see all commands. To write a slash, start with //.
# After the last colon the command follows, as “/kick <name> [reason]”.
problem-missing-words = { $about ->
    [none] The command needs something more.
   *[other] { $about } needs something more.
}
    .meaning = A part of it is missing.
    .remedy = It is written like this:
problem-not-here = { $about ->
    [none] That does not work here.
   *[other] { $about } does not work here.
}
    .meaning = It makes no sense in this conversation.
    .remedy = Open the conversation that it is for.
problem-page-outdated = There is a newer version of this page.
    .meaning = Another tab already uses it, and this one does not understand that tab.
    .remedy = Load this page again. Nothing is lost by that.
problem-offline = You are not connected.
    .meaning = That works only while you are.
    .remedy = Try it again when the connection is back.
problem-other = The server did not allow that.
    .meaning = Its reason is in the details.
    .remedy = Try something else, or ask whoever runs the server.
problem-not-encrypted = This port does not use encryption.
    .meaning = Without encryption, others on the way can read what you write and receive, passwords included.
    .remedy = Try port 6697, or go without encryption if that is all right.
problem-plain-only = { $about ->
    [none] The server answers, but only without encryption.
   *[other] { $about } answers, but only without encryption.
}
    .meaning = Without encryption, others on the way can read what you write and receive, passwords included.
    .remedy = Ask whoever runs the server about encryption, or go without it if that is all right.

## The page before the app is there

loading-words = parla is loading.
loading-slow = parla is still loading. The connection seems to be slow.
loading-offline = This device is offline. parla goes on loading as soon as it is connected again.
loading-failing = A part of parla could not be loaded. The server may be busy, or something on the way is in trouble. parla keeps trying.
loading-unreadable = A part of parla arrived, but cannot be used. This browser may be too old, or something on the way changes what is loaded. parla keeps trying.
loading-missing = This page does not fit the server, which may have been updated just now. Try again. If that does not help, tell whoever runs the server.
loading-unable = This browser cannot run parla. It needs WebAssembly, which is missing or switched off here. Use a recent version of Firefox, Chrome, Edge or Safari, or connect with any IRC program.
loading-broken = parla could not be started. Try again. If that does not help, try another browser, and tell whoever runs the server.
loading-stopped = parla has stopped because of a fault of its own. Try again to go on.
# “Try again” follows after it.
loading-late = This takes longer than usual.
loading-again = Try again
loading-without-script = parla needs JavaScript and WebAssembly, which are switched off here. Any IRC program can connect to this server without them.
