/** Broken files of known issues, each with one mistake that people make, and what is said of it: `line:column: what is wrong; what would be right`. */
export const brokenKnown: [what: string, text: string, says: string | string[]][] = [
  ['empty', '', '1:1: the file of known issues is empty; it needs at least known, see docs/nights.md'],
  [
    'only a comment',
    '# later\n',
    '1:1: the file of known issues is empty; it needs at least known, see docs/nights.md',
  ],
  ['only ---', '---\n', '1:1: the file of known issues is empty; it needs at least known, see docs/nights.md'],
  [
    'a text',
    'hello\n',
    '1:1: the file of known issues is text; it would be a map, lines of key: value, see docs/nights.md',
  ],
  [
    'a number',
    '42\n',
    '1:1: the file of known issues is the number 42; it would be a map, lines of key: value, see docs/nights.md',
  ],
  [
    'a list',
    '- known\n',
    '1:1: the file of known issues is a list; it would be a map, lines of key: value, see docs/nights.md',
  ],
  [
    'a truth value',
    'true\n',
    '1:1: the file of known issues is the boolean true; it would be a map, lines of key: value, see docs/nights.md',
  ],
  [
    'a NUL',
    'known: [{ finding: ffa.usable, reason: r }]\na: "\0"\n',
    '2:5: a NUL stands here; the file is damaged, or is no text: name another',
  ],
  [
    'UTF-16',
    Array.from('known: [{ finding: ffa.usable, reason: r }]\n').join('\0'),
    '1:1: this is UTF-16; save the file as UTF-8',
  ],
  ['tabs for blanks', 'a:\n\tb: 1\n', '2:1: a tab is used as indentation; YAML wants spaces'],
  ['no end of a list', 'known: [a\n', '1:8: the [ that begins here has no end; add ] where the list ends'],
  ['no end of a text', 'known: "a\n', '1:8: the " that begins here has no end; add " where the text ends'],
  [
    'nested too deeply',
    `known: ${'['.repeat(200)}${']'.repeat(200)}\n`,
    '1:107: this is nested more than 100 levels deep; no file of known issues needs that: look for brackets too many',
  ],
  [
    '__proto__',
    'known: [{ finding: ffa.usable, reason: r }]\n__proto__: 1\n',
    '2:1: nothing can be named __proto__; choose another name',
  ],
  [
    'a key twice',
    'known: [{ finding: ffa.usable, reason: r }]\nknown: [{ finding: ffa.usable, reason: r }]\n',
    '2:1: the key known stands twice in this map; merge the two or rename one',
  ],
  [
    'two documents',
    'known: [{ finding: ffa.usable, reason: r }]\n---\nknown: [{ finding: ffa.usable, reason: r }]\n',
    '2:1: a second YAML document begins here; one file holds one file of known issues',
  ],
  [
    'a tag',
    'known: !secret a\n',
    [
      '1:8: tags (!name) have no meaning in a file of known issues; remove it, or put the text in quotes',
      '1:16: known is text; it would be a list',
    ],
  ],
  [
    'an anchor that is not there',
    'known: *a\n',
    '1:8: no anchor "&a" stands before this alias; write &a at an earlier value, or put the text in quotes',
  ],
  [
    'a key without a colon',
    'known\nb: 1\n',
    '1:1: there is no ": " on this line; it would be key: value, with a blank behind the colon',
  ],
  [
    'a misspelt key',
    'known: [{ finding: ffa.usable, reason: r }]\nknowx: 1\n',
    '2:1: unknown key "knowx" in the file of known issues; did you mean "known"?',
  ],
  [
    'a colon without a blank',
    'known:a\n',
    '1:1: the file of known issues is text; it would be a map, lines of key: value, see docs/nights.md',
  ],
  ['no issues', 'known: []\n', '1:8: known is an empty list; one issue at least'],
  ['known as a map', 'known: { finding: ffa.usable }\n', '1:8: known is a map; it would be a list'],
  ['known as text', 'known: ffa.usable\n', '1:8: known is text; it would be a list'],
  ['known left empty', 'known:\n', '1:7: known is empty; it would be a list'],
  ['an issue that is text', 'known: [ffa.usable]\n', '1:9: known[0] is text; it would be a map'],
  [
    'an empty issue',
    'known: [{}]\n',
    [
      '1:9: missing key "finding" in known[0]; add finding: ..., see docs/nights.md',
      '1:9: missing key "reason" in known[0]; add reason: ..., see docs/nights.md',
    ],
  ],
  ['an issue that is empty', 'known:\n  -\n', '2:4: known[0] is empty; it would be a map'],
  [
    'no finding',
    'known: [{ reason: r }]\n',
    '1:9: missing key "finding" in known[0]; add finding: ..., see docs/nights.md',
  ],
  [
    'no reason',
    'known: [{ finding: ffa.usable }]\n',
    '1:9: missing key "reason" in known[0]; add reason: ..., see docs/nights.md',
  ],
  [
    'an unknown finding',
    'known: [{ finding: ffa.usble, reason: r }]\n',
    '1:20: there is no finding "ffa.usble"; did you mean "ffa.usable"?',
  ],
  [
    'a finding that is nothing like one',
    'known: [{ finding: xyzzy, reason: r }]\n',
    '1:20: there is no finding "xyzzy"; it would be one of ffa.usable, fault.kernel',
  ],
  [
    'a finding that is a number',
    'known: [{ finding: 3, reason: r }]\n',
    "1:20: known[0].finding is the number 3; it would be text, in quotes: '3'",
  ],
  ['an empty reason', "known: [{ finding: ffa.usable, reason: '' }]\n", '1:40: "" is empty; one sentence'],
  [
    'a reason that is a list',
    'known: [{ finding: ffa.usable, reason: [r] }]\n',
    '1:40: known[0].reason is a list; it would be text',
  ],
  [
    'facts that are a list',
    'known: [{ finding: ffa.usable, reason: r, facts: [errno] }]\n',
    '1:50: known[0].facts is a list; it would be a map',
  ],
  [
    'a fact that is a list',
    'known: [{ finding: ffa.usable, reason: r, facts: { errno: [-22] } }]\n',
    '1:59: known[0].facts.errno is a list; it would be text or a number or true or false',
  ],
  [
    'a fact that is empty',
    'known: [{ finding: ffa.usable, reason: r, facts: { errno: } }]\n',
    '1:59: known[0].facts.errno is empty; it would be text or a number or true or false',
  ],
  [
    'a misspelt axis',
    'known: [{ finding: ffa.usable, reason: r, cells: { kernels: a } }]\n',
    '1:52: unknown key "kernels" in known[0].cells; did you mean "kernel"?',
  ],
  [
    'cells that are text',
    'known: [{ finding: ffa.usable, reason: r, cells: ffa=y }]\n',
    '1:50: known[0].cells is text; it would be a map',
  ],
  [
    'cells of no value',
    'known: [{ finding: ffa.usable, reason: r, cells: { config: [] } }]\n',
    '1:60: known[0].cells.config is an empty list; one entry at least',
  ],
  [
    'a day that is none',
    "known: [{ finding: ffa.usable, reason: r, expires: '2027-02-30' }]\n",
    '1:52: "2027-02-30" is no day; YYYY-MM-DD',
  ],
  [
    'a day in words',
    'known: [{ finding: ffa.usable, reason: r, expires: soon }]\n',
    '1:52: "soon" is no day; YYYY-MM-DD',
  ],
  [
    'a day as a number',
    'known: [{ finding: ffa.usable, reason: r, expires: 20270228 }]\n',
    '1:52: 20270228 is no day; YYYY-MM-DD',
  ],
  [
    'a day in another order',
    'known: [{ finding: ffa.usable, reason: r, expires: 28.02.2027 }]\n',
    '1:52: "28.02.2027" is no day; YYYY-MM-DD',
  ],
  [
    'an empty owner',
    "known: [{ finding: ffa.usable, reason: r, owner: '' }]\n",
    '1:50: "" is empty; a name or an address',
  ],
  ['an empty link', "known: [{ finding: ffa.usable, reason: r, link: '' }]\n", '1:49: "" is empty; an address'],
  [
    'an unknown key',
    'known: [{ finding: ffa.usable, reason: r, onwer: me }]\n',
    '1:43: unknown key "onwer" in known[0]; did you mean "owner"?',
  ],
  [
    'another name of the list',
    'issues: []\n',
    [
      '1:1: missing key "known" in the file of known issues; add known: ..., see docs/nights.md',
      '1:1: unknown key "issues" in the file of known issues; the only one is "known"',
    ],
  ],
]
