// Made by npm run connectors from the declarations. Do not edit.
import type { ConnectorFacts } from './facts.ts'

// oxfmt-ignore
export const everyFacts: readonly ConnectorFacts[] = [
 {
  "id": "slackbot",
  "name": "Slack Bot",
  "provider": "slackbot",
  "category": "Communication",
  "summary": "Post to channels and people as your app’s own bot.",
  "icon": "logos:slack-icon",
  "identityScopes": [],
  "actions": [
   {
    "id": "postMessage",
    "title": "Post a message",
    "does": "Posts a message to a channel as the bot. Each call posts again.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "chat:write"
    ]
   },
   {
    "id": "sendDirectMessage",
    "title": "Send a direct message",
    "does": "Sends a message to one person as the bot. Each call sends again.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "chat:write",
     "users:read",
     "users:read.email"
    ]
   },
   {
    "id": "updateMessage",
    "title": "Change a message",
    "does": "Replaces the text of a message that the bot posted. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": true,
    "scopes": [
     "chat:write",
     "channels:read"
    ]
   },
   {
    "id": "addReaction",
    "title": "Add a reaction",
    "does": "Reacts to a message with an emoji as the bot. A second time, Slack says that it is there already.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "reactions:write",
     "channels:read"
    ]
   },
   {
    "id": "readMessages",
    "title": "Read messages",
    "does": "Reads the newest messages of a channel, newest first.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "channels:history",
     "channels:read"
    ]
   },
   {
    "id": "listChannels",
    "title": "List channels",
    "does": "Lists the public channels of the workspace.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "channels:read"
    ]
   },
   {
    "id": "findMember",
    "title": "Find a person",
    "does": "Finds a member of the workspace by email address.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "users:read",
     "users:read.email"
    ]
   },
   {
    "id": "joinChannel",
    "title": "Join a channel",
    "does": "Makes the bot a member of a public channel. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "channels:join",
     "channels:read"
    ]
   }
  ],
  "permissions": [
   {
    "scope": "chat:write",
    "text": "Post messages as the bot in channels it was invited to"
   },
   {
    "scope": "channels:read",
    "text": "See the names and topics of public channels"
   },
   {
    "scope": "channels:history",
    "text": "Read messages in public channels the bot is in"
   },
   {
    "scope": "users:read",
    "text": "See who is in the workspace"
   },
   {
    "scope": "users:read.email",
    "text": "See the email addresses of people in the workspace"
   },
   {
    "scope": "reactions:write",
    "text": "Add emoji reactions as the bot"
   },
   {
    "scope": "channels:join",
    "text": "Join public channels"
   }
  ],
  "prompts": [
   "Post a message to the Slack #support channel when a new ticket is created.",
   "Send me a Slack message every morning with the tickets that are still open.",
   "Post to #alerts when an order is over 1,000 euros."
  ],
  "afterConnect": "Invite the bot to each channel it should post in: type /invite and the bot’s name there."
 },
 {
  "id": "slack",
  "name": "Slack User",
  "provider": "slack",
  "category": "Communication",
  "summary": "Read, search and post in Slack as yourself.",
  "icon": "logos:slack-icon",
  "identityScopes": [],
  "actions": [
   {
    "id": "postMessage",
    "title": "Post a message",
    "does": "Posts a message to a channel as you. Each call posts again.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "chat:write"
    ]
   },
   {
    "id": "sendDirectMessage",
    "title": "Send a direct message",
    "does": "Sends a message to one person as you. Each call sends again.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "chat:write",
     "users:read",
     "users:read.email"
    ]
   },
   {
    "id": "updateMessage",
    "title": "Change a message",
    "does": "Replaces the text of a message that you posted. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": true,
    "scopes": [
     "chat:write",
     "channels:read"
    ]
   },
   {
    "id": "addReaction",
    "title": "Add a reaction",
    "does": "Reacts to a message with an emoji as you. A second time, Slack says that it is there already.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "reactions:write",
     "channels:read"
    ]
   },
   {
    "id": "readMessages",
    "title": "Read messages",
    "does": "Reads the newest messages of a channel, newest first.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "channels:history",
     "channels:read"
    ]
   },
   {
    "id": "listChannels",
    "title": "List channels",
    "does": "Lists the public channels of the workspace.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "channels:read"
    ]
   },
   {
    "id": "findMember",
    "title": "Find a person",
    "does": "Finds a member of the workspace by email address.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "users:read",
     "users:read.email"
    ]
   },
   {
    "id": "searchMessages",
    "title": "Search messages",
    "does": "Searches the messages that you can see, best match first.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "search:read"
    ]
   },
   {
    "id": "setStatus",
    "title": "Set your status",
    "does": "Sets the status beside your name. An empty text clears it. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": true,
    "scopes": [
     "users.profile:write"
    ]
   }
  ],
  "permissions": [
   {
    "scope": "chat:write",
    "text": "Post messages as you"
   },
   {
    "scope": "channels:read",
    "text": "See the names and topics of public channels"
   },
   {
    "scope": "channels:history",
    "text": "Read messages in public channels that you can see"
   },
   {
    "scope": "users:read",
    "text": "See who is in the workspace"
   },
   {
    "scope": "users:read.email",
    "text": "See the email addresses of people in the workspace"
   },
   {
    "scope": "reactions:write",
    "text": "Add emoji reactions as you"
   },
   {
    "scope": "search:read",
    "text": "Search the messages that you can see"
   },
   {
    "scope": "users.profile:write",
    "text": "Change your status and profile"
   }
  ],
  "prompts": [
   "Every Friday at 16:00, post my finished tasks to #team as me.",
   "Set my Slack status to “In a meeting” when I start one here.",
   "Save Slack messages that mention “refund” as tickets."
  ],
  "afterConnect": null
 },
 {
  "id": "gmail",
  "name": "Gmail",
  "provider": "google",
  "category": "Email",
  "summary": "Send, find and sort mail from your own account.",
  "icon": "logos:google-gmail",
  "identityScopes": [
   "openid",
   "email"
  ],
  "actions": [
   {
    "id": "sendEmail",
    "title": "Send an email",
    "does": "Sends a mail from your address. Each call sends another one.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/gmail.send"
    ]
   },
   {
    "id": "replyToEmail",
    "title": "Reply to an email",
    "does": "Answers the sender of a mail in the same conversation. Each call sends another answer.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/gmail.readonly",
     "https://www.googleapis.com/auth/gmail.send"
    ]
   },
   {
    "id": "createDraft",
    "title": "Write a draft",
    "does": "Puts a mail among your drafts, unsent. Each call writes another draft.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/gmail.compose"
    ]
   },
   {
    "id": "findEmails",
    "title": "Find emails",
    "does": "Finds mail by Gmail’s search words, newest first.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/gmail.readonly"
    ]
   },
   {
    "id": "readEmail",
    "title": "Read an email",
    "does": "Reads one mail with its text.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/gmail.readonly"
    ]
   },
   {
    "id": "labelEmail",
    "title": "Mark or label an email",
    "does": "Adds and removes labels of a mail; removing UNREAD marks it as read. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/gmail.modify"
    ]
   }
  ],
  "permissions": [
   {
    "scope": "openid",
    "text": "Know which Google account this is"
   },
   {
    "scope": "email",
    "text": "See the email address of the account"
   },
   {
    "scope": "https://www.googleapis.com/auth/gmail.send",
    "text": "Send mail from your address"
   },
   {
    "scope": "https://www.googleapis.com/auth/gmail.compose",
    "text": "Write drafts and send mail from your address"
   },
   {
    "scope": "https://www.googleapis.com/auth/gmail.readonly",
    "text": "Read your mail"
   },
   {
    "scope": "https://www.googleapis.com/auth/gmail.modify",
    "text": "Read your mail, mark it and move it between labels"
   }
  ],
  "prompts": [
   "Send me a daily email with my to-do list using Gmail.",
   "Email the customer when their ticket is closed.",
   "Turn unread mails to support into tickets every 15 minutes."
  ],
  "afterConnect": null
 },
 {
  "id": "googlecalendar",
  "name": "Google Calendar",
  "provider": "google",
  "category": "Calendar",
  "summary": "Read your calendars and put events in them.",
  "icon": "logos:google-calendar",
  "identityScopes": [
   "openid",
   "email"
  ],
  "actions": [
   {
    "id": "listEvents",
    "title": "List events",
    "does": "Lists the events of a span of time, earliest first. Without a span: those of the next seven days.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/calendar.events.readonly"
    ]
   },
   {
    "id": "createEvent",
    "title": "Create an event",
    "does": "Adds an event. Without an end it lasts an hour. Each call adds another one.",
    "effect": "write",
    "idempotent": false,
    "keyed": true,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/calendar.events"
    ]
   },
   {
    "id": "updateEvent",
    "title": "Change an event",
    "does": "Changes what is given and leaves the rest of the event. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": true,
    "scopes": [
     "https://www.googleapis.com/auth/calendar.events"
    ]
   },
   {
    "id": "deleteEvent",
    "title": "Delete an event",
    "does": "Deletes an event. A second time, Google says that it is gone.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": true,
    "scopes": [
     "https://www.googleapis.com/auth/calendar.events"
    ]
   },
   {
    "id": "listCalendars",
    "title": "List calendars",
    "does": "Lists the calendars of your account.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/calendar.calendarlist.readonly"
    ]
   }
  ],
  "permissions": [
   {
    "scope": "openid",
    "text": "Know which Google account this is"
   },
   {
    "scope": "email",
    "text": "See the email address of the account"
   },
   {
    "scope": "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
    "text": "See the list of your calendars"
   },
   {
    "scope": "https://www.googleapis.com/auth/calendar.events.readonly",
    "text": "See the events in your calendars"
   },
   {
    "scope": "https://www.googleapis.com/auth/calendar.events",
    "text": "See, add, change and delete events in your calendars"
   }
  ],
  "prompts": [
   "Create a calendar event when a booking is confirmed.",
   "Every morning at 8, send me today’s events.",
   "Move the event when a booking gets a new date."
  ],
  "afterConnect": null
 },
 {
  "id": "googledrive",
  "name": "Google Drive",
  "provider": "google",
  "category": "Files",
  "summary": "Find, read and store files.",
  "icon": "logos:google-drive",
  "identityScopes": [
   "openid",
   "email"
  ],
  "actions": [
   {
    "id": "listFiles",
    "title": "List files",
    "does": "Lists files and folders, last changed first.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/drive.metadata.readonly"
    ]
   },
   {
    "id": "readFile",
    "title": "Read a file",
    "does": "Reads a text file, or the text of a Google document, up to 5 MB.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/drive.readonly"
    ]
   },
   {
    "id": "uploadFile",
    "title": "Upload a file",
    "does": "Stores text as a new file. Each call adds another one, even under the same name.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/drive.file"
    ]
   },
   {
    "id": "createFolder",
    "title": "Create a folder",
    "does": "Adds a folder. Each call adds another one, even under the same name.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/drive.file"
    ]
   },
   {
    "id": "renameFile",
    "title": "Rename a file",
    "does": "Gives a file or folder that this app added another name. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": true,
    "scopes": [
     "https://www.googleapis.com/auth/drive.file"
    ]
   }
  ],
  "permissions": [
   {
    "scope": "openid",
    "text": "Know which Google account this is"
   },
   {
    "scope": "email",
    "text": "See the email address of the account"
   },
   {
    "scope": "https://www.googleapis.com/auth/drive.metadata.readonly",
    "text": "See the names and details of your files, not what is in them"
   },
   {
    "scope": "https://www.googleapis.com/auth/drive.readonly",
    "text": "See and read all your files"
   },
   {
    "scope": "https://www.googleapis.com/auth/drive.file",
    "text": "Add files and folders, and change those that this app added"
   }
  ],
  "prompts": [
   "Save every closed ticket as a text file in Google Drive.",
   "Create a Drive folder when a new customer is added.",
   "Every Monday, list the files that changed last week."
  ],
  "afterConnect": null
 },
 {
  "id": "googlesheets",
  "name": "Google Sheets",
  "provider": "google",
  "category": "Spreadsheets",
  "summary": "Add, read and change rows of spreadsheets.",
  "icon": "simple-icons:googlesheets",
  "identityScopes": [
   "openid",
   "email"
  ],
  "actions": [
   {
    "id": "appendRow",
    "title": "Add a row",
    "does": "Adds a row at the end, with new columns where names are new. A spreadsheet whose name is not found is made. Each call adds another row.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/spreadsheets",
     "https://www.googleapis.com/auth/drive.file"
    ]
   },
   {
    "id": "readRows",
    "title": "Read rows",
    "does": "Reads the rows of a sheet by the names in its first row.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/spreadsheets.readonly",
     "https://www.googleapis.com/auth/drive.file"
    ]
   },
   {
    "id": "updateRow",
    "title": "Change a row",
    "does": "Writes the given columns of one row and leaves the others. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": true,
    "scopes": [
     "https://www.googleapis.com/auth/spreadsheets",
     "https://www.googleapis.com/auth/drive.file"
    ]
   },
   {
    "id": "createSpreadsheet",
    "title": "Create a spreadsheet",
    "does": "Makes a new spreadsheet, with column names if given. Each call makes another one, even under the same name.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/spreadsheets"
    ]
   },
   {
    "id": "listSpreadsheets",
    "title": "List spreadsheets",
    "does": "Lists your spreadsheets, last changed first.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "https://www.googleapis.com/auth/drive.metadata.readonly"
    ]
   }
  ],
  "permissions": [
   {
    "scope": "openid",
    "text": "Know which Google account this is"
   },
   {
    "scope": "email",
    "text": "See the email address of the account"
   },
   {
    "scope": "https://www.googleapis.com/auth/spreadsheets",
    "text": "See, add and change your spreadsheets"
   },
   {
    "scope": "https://www.googleapis.com/auth/spreadsheets.readonly",
    "text": "See your spreadsheets and what is in them"
   },
   {
    "scope": "https://www.googleapis.com/auth/drive.file",
    "text": "Find again the files that this app added"
   },
   {
    "scope": "https://www.googleapis.com/auth/drive.metadata.readonly",
    "text": "See the names of your files, to choose a spreadsheet from"
   }
  ],
  "prompts": [
   "Sync new records from this app into a Google Sheets spreadsheet.",
   "Add a row to the “Orders” spreadsheet when an order is paid.",
   "Every night, import new rows of a spreadsheet as customers."
  ],
  "afterConnect": null
 },
 {
  "id": "github",
  "name": "GitHub",
  "provider": "github",
  "category": "Development",
  "summary": "Open, read and update issues; read files of your repositories.",
  "icon": "logos:github-icon",
  "identityScopes": [
   "read:user"
  ],
  "actions": [
   {
    "id": "createIssue",
    "title": "Open an issue",
    "does": "Opens an issue in a repository. Each call opens another one.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "repo"
    ]
   },
   {
    "id": "updateIssue",
    "title": "Change an issue",
    "does": "Changes what is given of an issue, such as closing it. Calling twice changes nothing more.",
    "effect": "write",
    "idempotent": true,
    "keyed": false,
    "destructive": true,
    "scopes": [
     "repo"
    ]
   },
   {
    "id": "addComment",
    "title": "Comment on an issue",
    "does": "Adds a comment to an issue or pull request. Each call adds another one.",
    "effect": "write",
    "idempotent": false,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "repo"
    ]
   },
   {
    "id": "listIssues",
    "title": "List issues",
    "does": "Lists the issues of a repository, newest first, without pull requests.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "repo"
    ]
   },
   {
    "id": "getIssue",
    "title": "Read an issue",
    "does": "Reads one issue with its comments, oldest first.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "repo"
    ]
   },
   {
    "id": "listRepositories",
    "title": "List repositories",
    "does": "Lists the repositories that you can work in, last changed first.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "repo"
    ]
   },
   {
    "id": "readFile",
    "title": "Read a file",
    "does": "Reads one text file of a repository, up to 1 MB.",
    "effect": "read",
    "idempotent": true,
    "keyed": false,
    "destructive": false,
    "scopes": [
     "repo"
    ]
   }
  ],
  "permissions": [
   {
    "scope": "read:user",
    "text": "See your name and profile"
   },
   {
    "scope": "repo",
    "text": "Read and change your repositories, public and private, with their issues"
   }
  ],
  "prompts": [
   "Open a GitHub issue when a ticket is marked as a bug.",
   "Every Monday at 9, email me the open issues of our repository.",
   "Close the GitHub issue when its ticket is done."
  ],
  "afterConnect": null
 }
]
