/** Broken files of what is kept, each with one mistake that people make, and what is said of it: `line:column: what is wrong; what would be right`. */
export const brokenKeep: [what: string, text: string, says: string | string[]][] = [
  [
    'a text',
    'hello\n',
    '1:1: the file of what is kept is text; it would be a map, lines of key: value, see docs/running-a-lab.md',
  ],
  [
    'a number',
    '42\n',
    '1:1: the file of what is kept is the number 42; it would be a map, lines of key: value, see docs/running-a-lab.md',
  ],
  [
    'a list',
    '- images\n',
    '1:1: the file of what is kept is a list; it would be a map, lines of key: value, see docs/running-a-lab.md',
  ],
  [
    'a truth value',
    'true\n',
    '1:1: the file of what is kept is the boolean true; it would be a map, lines of key: value, see docs/running-a-lab.md',
  ],
  ['a NUL', 'images: 14 days\na: "\0"\n', '2:5: a NUL stands here; the file is damaged, or is no text: name another'],
  ['UTF-16', Array.from('images: 14 days\n').join('\0'), '1:1: this is UTF-16; save the file as UTF-8'],
  ['tabs for blanks', 'a:\n\tb: 1\n', '2:1: a tab is used as indentation; YAML wants spaces'],
  ['no end of a list', 'images: [a\n', '1:9: the [ that begins here has no end; add ] where the list ends'],
  ['no end of a text', 'images: "a\n', '1:9: the " that begins here has no end; add " where the text ends'],
  [
    'nested too deeply',
    `images: ${'['.repeat(200)}${']'.repeat(200)}\n`,
    '1:108: this is nested more than 100 levels deep; no file of what is kept needs that: look for brackets too many',
  ],
  ['__proto__', 'images: 14 days\n__proto__: 1\n', '2:1: nothing can be named __proto__; choose another name'],
  [
    'a key twice',
    'images: 14 days\nimages: 14 days\n',
    '2:1: the key images stands twice in this map; merge the two or rename one',
  ],
  [
    'two documents',
    'images: 14 days\n---\nimages: 14 days\n',
    '2:1: a second YAML document begins here; one file holds one file of what is kept',
  ],
  [
    'a tag',
    'images: !secret a\n',
    [
      '1:9: tags (!name) have no meaning in a file of what is kept; remove it, or put the text in quotes',
      '1:17: "a" is no time; a number with a unit, e.g. 30 days or 1 year, or forever',
    ],
  ],
  [
    'an anchor that is not there',
    'images: *a\n',
    '1:9: no anchor "&a" stands before this alias; write &a at an earlier value, or put the text in quotes',
  ],
  [
    'a key without a colon',
    'images\nb: 1\n',
    '1:1: there is no ": " on this line; it would be key: value, with a blank behind the colon',
  ],
  [
    'a misspelt key',
    'images: 14 days\nimagex: 1\n',
    '2:1: unknown key "imagex" in the file of what is kept; did you mean "images"?',
  ],
  [
    'a colon without a blank',
    'images:a\n',
    '1:1: the file of what is kept is text; it would be a map, lines of key: value, see docs/running-a-lab.md',
  ],
  ['logs that are a time', 'logs: 30 days\n', '1:7: "30 days" is no map; e.g. { passed: 30 days, failed: 1 year }'],
  ['logs that are a list', 'logs: [30 days]\n', '1:7: logs is a list; it would be a map'],
  ['logs left empty', 'logs:\n', '1:6: logs is empty; it would be a map'],
  ['an unknown outcome', 'logs: { pased: 1 week }\n', '1:9: unknown key "pased" in logs; did you mean "passed"?'],
  [
    'an outcome of another word',
    'logs: { flaky: 1 week }\n',
    '1:9: unknown key "flaky" in logs; it would be one of passed, failed',
  ],
  [
    'a time without a unit',
    'images: 14\n',
    '1:9: 14 is no time; a number with a unit, e.g. 30 days or 1 year, or forever',
  ],
  [
    'a time of a unit that is none',
    'images: 14 fortnights\n',
    '1:9: "14 fortnights" is no time; a number with a unit, e.g. 30 days or 1 year, or forever',
  ],
  [
    'a time below nothing',
    'images: -1 day\n',
    '1:9: "-1 day" is no time; a number with a unit, e.g. 30 days or 1 year, or forever',
  ],
  [
    'a time that is a list',
    'images: [14 days]\n',
    '1:9: images is no time; a number with a unit, e.g. 30 days or 1 year, or forever',
  ],
  [
    'a time left empty',
    'images:\n',
    '1:8: images is no time; a number with a unit, e.g. 30 days or 1 year, or forever',
  ],
  [
    'never',
    'records: { passed: never }\n',
    '1:20: "never" is no time; a number with a unit, e.g. 30 days or 1 year, or forever',
  ],
  [
    'for ever in two words',
    'records: { passed: for ever }\n',
    '1:20: "for ever" is no time; a number with a unit, e.g. 30 days or 1 year, or forever',
  ],
  ['a size without a unit', 'budget: 50\n', '1:9: 50 is no size; a number with a unit, e.g. 50 GB or 512 MiB'],
  [
    'a size of a unit that is none',
    'budget: 50 G\n',
    '1:9: "50 G" is no size; a number with a unit, e.g. 50 GB or 512 MiB',
  ],
  ['a size below nothing', 'floor: -1 GB\n', '1:8: "-1 GB" is no size; a number with a unit, e.g. 50 GB or 512 MiB'],
  [
    'a share in place of a size',
    'floor: 10 %\n',
    '1:8: "10 %" is no size; a number with a unit, e.g. 50 GB or 512 MiB',
  ],
  ['a size as a map', 'cache: { trees: 5 GB }\n', '1:8: cache is no size; a number with a unit, e.g. 50 GB or 512 MiB'],
  ['a decimal comma', 'cache: 1,5 TB\n', '1:8: "1,5 TB" is no size; a number with a unit, e.g. 50 GB or 512 MiB'],
  ['an hour of collecting', "collect: '02:00'\n", '1:10: "02:00" is not right here; it would be one of daily, by hand'],
  ['collecting misspelt', 'collect: dayly\n', '1:10: "dayly" is not right here; did you mean "daily"?'],
  [
    'collecting as a truth value',
    'collect: false\n',
    '1:10: false is not right here; it would be one of daily, by hand',
  ],
  [
    'a misspelt size',
    'budgte: 50 GB\n',
    '1:1: unknown key "budgte" in the file of what is kept; did you mean "budget"?',
  ],
  [
    'a rule for what is none',
    'mails: 1 year\n',
    '1:1: unknown key "mails" in the file of what is kept; it would be one of logs, records, images, budget, floor, cache, collect',
  ],
]
