/** Broken schedules, each with one mistake that people make, and what is said of it: `line:column: what is wrong; what would be right`. */
export const brokenSchedules: [what: string, text: string, says: string | string[]][] = [
  ['empty', '', '1:1: the schedule is empty; it needs at least plan and cron, see docs/nights.md'],
  ['only a comment', '# later\n', '1:1: the schedule is empty; it needs at least plan and cron, see docs/nights.md'],
  ['only ---', '---\n', '1:1: the schedule is empty; it needs at least plan and cron, see docs/nights.md'],
  ['a text', 'hello\n', '1:1: the schedule is text; it would be a map, lines of key: value, see docs/nights.md'],
  [
    'a number',
    '42\n',
    '1:1: the schedule is the number 42; it would be a map, lines of key: value, see docs/nights.md',
  ],
  ['a list', '- plan\n', '1:1: the schedule is a list; it would be a map, lines of key: value, see docs/nights.md'],
  [
    'a truth value',
    'true\n',
    '1:1: the schedule is the boolean true; it would be a map, lines of key: value, see docs/nights.md',
  ],
  [
    'a NUL',
    'plan: p.yaml\ncron: \'1 2 * * *\'\na: "\0"\n',
    '3:5: a NUL stands here; the file is damaged, or is no text: name another',
  ],
  ['UTF-16', Array.from("plan: p.yaml\ncron: '1 2 * * *'\n").join('\0'), '1:1: this is UTF-16; save the file as UTF-8'],
  ['tabs for blanks', 'a:\n\tb: 1\n', '2:1: a tab is used as indentation; YAML wants spaces'],
  ['no end of a list', 'plan: [a\n', '1:7: the [ that begins here has no end; add ] where the list ends'],
  ['no end of a text', 'plan: "a\n', '1:7: the " that begins here has no end; add " where the text ends'],
  [
    'nested too deeply',
    `plan: ${'['.repeat(200)}${']'.repeat(200)}\n`,
    '1:106: this is nested more than 100 levels deep; no schedule needs that: look for brackets too many',
  ],
  [
    '__proto__',
    "plan: p.yaml\ncron: '1 2 * * *'\n__proto__: 1\n",
    '3:1: nothing can be named __proto__; choose another name',
  ],
  [
    'a key twice',
    "plan: p.yaml\ncron: '1 2 * * *'\nplan: p.yaml\ncron: '1 2 * * *'\n",
    [
      '3:1: the key plan stands twice in this map; merge the two or rename one',
      '4:1: the key cron stands twice in this map; merge the two or rename one',
    ],
  ],
  [
    'two documents',
    "plan: p.yaml\ncron: '1 2 * * *'\n---\nplan: p.yaml\ncron: '1 2 * * *'\n",
    '3:1: a second YAML document begins here; one file holds one schedule',
  ],
  [
    'a tag',
    'plan: !secret a\n',
    [
      '1:1: it does not say when: cron is missing; e.g. cron: 30 2 * * * or every: 6 h',
      '1:7: tags (!name) have no meaning in a schedule; remove it, or put the text in quotes',
    ],
  ],
  [
    'an anchor that is not there',
    'plan: *a\n',
    '1:7: no anchor "&a" stands before this alias; write &a at an earlier value, or put the text in quotes',
  ],
  [
    'a key without a colon',
    'plan\nb: 1\n',
    '1:1: there is no ": " on this line; it would be key: value, with a blank behind the colon',
  ],
  [
    'a misspelt key',
    "plan: p.yaml\ncron: '1 2 * * *'\nplax: 1\n",
    '3:1: unknown key "plax" in the schedule; did you mean "plan"?',
  ],
  [
    'a colon without a blank',
    'plan:a\n',
    '1:1: the schedule is text; it would be a map, lines of key: value, see docs/nights.md',
  ],
  ['no plan', "cron: '1 2 * * *'\n", '1:1: missing key "plan" in the schedule; add plan: ..., see docs/nights.md'],
  ['a plan that is a list', 'plan: [p.yaml]\nevery: 6 h\n', '1:7: plan is a list; it would be text'],
  ['a plan that is empty', "plan: ''\nevery: 6 h\n", '1:7: "" is empty; a path, relative to this file'],
  ['no time', 'plan: p.yaml\n', '1:1: it does not say when: cron is missing; e.g. cron: 30 2 * * * or every: 6 h'],
  ['two times', "plan: p.yaml\ncron: '1 2 * * *'\nevery: 6 h\n", '3:8: it says twice when; leave out cron or every'],
  ['an interval that is too short', 'plan: p.yaml\nevery: 10 s\n', '2:8: 10 s is too short; 60 s or more'],
  [
    'an interval without a unit',
    'plan: p.yaml\nevery: 6\n',
    '2:8: 6 is not a time; a number with a unit, e.g. 2 h or 5 min',
  ],
  [
    'an hour that is none',
    'plan: p.yaml\ncron: 1 25 * * *\n',
    '2:7: "1 25 * * *" is no cron line; five fields: minute, hour, day of the month, month, day of the week, e.g. 30 2 * * 1-5',
  ],
  [
    'a cron line of six fields',
    'plan: p.yaml\ncron: 0 30 2 * * *\n',
    '2:7: "0 30 2 * * *" is no cron line; five fields: minute, hour, day of the month, month, day of the week, e.g. 30 2 * * 1-5',
  ],
  [
    'a word of cron',
    "plan: p.yaml\ncron: '@daily'\n",
    '2:7: "@daily" is no cron line; five fields: minute, hour, day of the month, month, day of the week, e.g. 30 2 * * 1-5',
  ],
  [
    'a cron line that YAML reads as an alias',
    'plan: p.yaml\ncron: * * * * *\n',
    '2:7: a text cannot begin with *; put the text in quotes',
  ],
  [
    'a cron line that is a list',
    'plan: p.yaml\ncron: [1, 2]\n',
    '2:7: cron is no cron line; five fields, e.g. 30 2 * * 1-5',
  ],
  [
    'a town for a time zone',
    "plan: p.yaml\ncron: '1 2 * * *'\nzone: Berlin\n",
    '3:7: "Berlin" is no time zone that is known here; an IANA name, e.g. Europe/Berlin',
  ],
  [
    'a window that ends at no time',
    "plan: p.yaml\ncron: '1 2 * * *'\nuntil: 25\n",
    '3:8: 25 is no time of day; HH:MM in quotes, e.g. "07:00"',
  ],
  [
    'a window that ends at a time without a zero',
    "plan: p.yaml\ncron: '1 2 * * *'\nuntil: 7:00\n",
    '3:8: "7:00" is no time of day; HH:MM in quotes, e.g. "07:00"',
  ],
  [
    'an overlap that is none',
    "plan: p.yaml\ncron: '1 2 * * *'\noverlap: queue\n",
    '3:10: "queue" is not right here; it would be one of skip, buffer-one, cancel-other',
  ],
  [
    'a misspelt axis',
    "plan: p.yaml\ncron: '1 2 * * *'\nonly: { kernels: a }\n",
    '3:9: unknown key "kernels" in only; did you mean "kernel"?',
  ],
  ['only as text', "plan: p.yaml\ncron: '1 2 * * *'\nonly: ffa=y\n", '3:7: only is text; it would be a map'],
  [
    'a jitter without a unit',
    "plan: p.yaml\ncron: '1 2 * * *'\njitter: 5\n",
    '3:9: 5 is not a time; a number with a unit, e.g. 2 h or 5 min',
  ],
  [
    'a catch-up in words',
    "plan: p.yaml\ncron: '1 2 * * *'\ncatch-up: soon\n",
    '3:11: "soon" is not a time; a number with a unit, e.g. 2 h or 5 min',
  ],
  ['no cells at once', "plan: p.yaml\ncron: '1 2 * * *'\nat-once: 0\n", '3:10: 0 is not a number of cells; 1 or more'],
  [
    'half a cell at once',
    "plan: p.yaml\ncron: '1 2 * * *'\nat-once: 1.5\n",
    '3:10: at-once is the number 1.5; it would be a whole number',
  ],
  [
    'cells at once in words',
    "plan: p.yaml\ncron: '1 2 * * *'\nat-once: two\n",
    '3:10: at-once is text; it would be a number',
  ],
  [
    'confirmed never',
    "plan: p.yaml\ncron: '1 2 * * *'\nconfirm: 0\n",
    '3:10: 0 is not a number of attempts; 1 or more',
  ],
  [
    'a budget that is a time',
    "plan: p.yaml\ncron: '1 2 * * *'\nbudget: 2 h\n",
    '3:9: budget is text; it would be a map',
  ],
  [
    'a budget without a unit',
    "plan: p.yaml\ncron: '1 2 * * *'\nbudget: { qemu: 120 }\n",
    '3:17: 120 is not a time; a number with a unit, e.g. 2 h or 5 min',
  ],
  [
    'a budget of no class',
    "plan: p.yaml\ncron: '1 2 * * *'\nbudget: { '': 2 h }\n",
    '3:11: "" is empty; the class of a target, or qemu',
  ],
  [
    'an unknown way with what is unchanged',
    "plan: p.yaml\ncron: '1 2 * * *'\nunchanged: repeat\n",
    '3:12: "repeat" is not right here; it would be one of run, repeat-unsure, skip',
  ],
  ['an empty owner', "plan: p.yaml\ncron: '1 2 * * *'\nowner: ''\n", '3:8: "" is empty; a name or an address'],
  ['nobody who is told', "plan: p.yaml\ncron: '1 2 * * *'\ntell: []\n", '3:7: tell is an empty list; one way at least'],
  ['told as text', "plan: p.yaml\ncron: '1 2 * * *'\ntell: me@example.org\n", '3:7: tell is text; it would be a list'],
  [
    'a way of telling that is none',
    "plan: p.yaml\ncron: '1 2 * * *'\ntell: [{ pigeon: x }]\n",
    '3:10: unknown key "pigeon" in tell[0]; it would be one of mail, webhook, file, when, every',
  ],
  [
    'two ways of telling in one entry',
    "plan: p.yaml\ncron: '1 2 * * *'\ntell: [{ file: a.txt, mail: { to: a@example.org } }]\n",
    [
      '3:10: "mail" and "file" are two ways for one thing; keep one of them',
      '3:23: missing key "from" in tell[0].mail; add from: ..., see docs/nights.md',
    ],
  ],
  [
    'a way of telling without one',
    "plan: p.yaml\ncron: '1 2 * * *'\ntell: [{}]\n",
    '3:8: it does not say where to; add mail, webhook or file',
  ],
  [
    'one file that is told twice',
    "plan: p.yaml\ncron: '1 2 * * *'\ntell: [{ file: a.txt }, { file: a.txt }]\n",
    '3:25: file /lab/schedules/a.txt is told twice; keep one of them',
  ],
  ['a lab that is a map', "plan: p.yaml\ncron: '1 2 * * *'\nlab: { file: a }\n", '3:6: lab is a map; it would be text'],
  [
    'a key of a plan',
    "plan: p.yaml\ncron: '1 2 * * *'\nmatrix: {}\n",
    '3:1: unknown key "matrix" in the schedule; it would be one of description, plan, only, lab, known, cron, every, zone, jitter, until, overlap, catch-up, at-once, confirm, budget, unchanged, owner, tell',
  ],
]
