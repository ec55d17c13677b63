/**
 * Broken plans, each with one mistake that people make or that somebody makes on purpose, and what is said of it.
 * What parse-plan.test.ts has is not here again.
 */

/** The smallest plan. */
export const smallestPlan = `name: p
kernels:
  k:
    source: { debian: linux, version: 6.18.5-1 }
stacks: { s: stack.yaml }
`

/** The files beside it. */
export const filesBeside = {
  '/lab/stack.yaml': 'title: t\nbl33: 0x60000000\n',
  '/lab/fvp.yaml': 'fvp: {}\n',
  '/lab/base.config': 'CONFIG_SMP=y\n',
  '/lab/bad.config': 'CONFIG_SMP = y\nCONFIG_A=yes\n\0\n',
  '/lab/fix.patch': 'diff',
}

/** The smallest plan with more lines. */
function add(lines: string): string {
  return `${smallestPlan}${lines}\n`
}

/** The smallest plan with one text in place of another that it has. */
function swap(from: string, to: string): string {
  if (!smallestPlan.includes(from)) throw new Error(`the smallest plan has no ${from}`)
  return smallestPlan.replace(from, to)
}

const good = smallestPlan
const deep = (levels: number, open: string, close: string) => `name: ${open.repeat(levels)}${close.repeat(levels)}\n`

/** What is wrong, the plan, and what is said: `line:column: what is wrong; what would be right`. */
export const brokenPlans: [what: string, text: string, says: string | string[]][] = [
  ['empty', '', '1:1: the plan is empty; it needs at least name, kernels and stacks, see docs/plans.md'],
  ['only a comment', '# x\n', '1:1: the plan is empty; it needs at least name, kernels and stacks, see docs/plans.md'],
  ['only ---', '---\n', '1:1: the plan is empty; it needs at least name, kernels and stacks, see docs/plans.md'],
  [
    'only spaces/tabs',
    ' \t\n',
    '1:1: the plan is empty; it needs at least name, kernels and stacks, see docs/plans.md',
  ],
  [
    'a text that is no map',
    'hello\n',
    '1:1: the plan is text; it would be a map, lines of key: value, see docs/plans.md',
  ],
  ['a number', '42\n', '1:1: the plan is the number 42; it would be a map, lines of key: value, see docs/plans.md'],
  ['a list', '- name: p\n', '1:1: the plan is a list; it would be a map, lines of key: value, see docs/plans.md'],
  ['null', 'null\n', '1:1: the plan is empty; it needs at least name, kernels and stacks, see docs/plans.md'],
  ['true', 'true\n', '1:1: the plan is the boolean true; it would be a map, lines of key: value, see docs/plans.md'],
  [
    'json',
    '{"name": "p", "kernels": {}}',
    [
      '1:1: missing key "stacks" in the plan; add stacks: ..., see docs/plans.md',
      '1:26: kernels is an empty map; one entry at least',
    ],
  ],
  [
    'a web page',
    '<!DOCTYPE html>\n<html><body>404</body></html>\n',
    '1:1: the plan is text; it would be a map, lines of key: value, see docs/plans.md',
  ],
  [
    'a program',
    '\x7fELF\x02\x01\x01\0\0\0\0',
    '1:8: a NUL stands here; the file is damaged, or is no text: name another',
  ],
  [
    'a patch',
    'From abc Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\ndiff --git a/x b/x\n',
    '1:1: there is no ": " on this line; it would be key: value, with a blank behind the colon',
  ],
  [
    'an INI file',
    '[plan]\nname = p\n',
    '2:1: this cannot stand here; look at brackets, quotes and indentation, here and on the line before',
  ],
  [
    'a TOML file',
    'name = "p"\n[kernels.k]\n',
    '1:1: the plan is text; it would be a map, lines of key: value, see docs/plans.md',
  ],
  [
    'deep flow list 10k',
    deep(10000, '[', ']'),
    '1:106: this is nested more than 100 levels deep; no plan needs that: look for brackets too many',
  ],
  [
    'deep flow map 10k',
    'name: ' + '{a: '.repeat(10000) + '1' + '}'.repeat(10000),
    '1:400: this is nested more than 100 levels deep; no plan needs that: look for brackets too many',
  ],
  [
    'deep flow unclosed 100k',
    'name: ' + '['.repeat(100000),
    '1:106: this is nested more than 100 levels deep; no plan needs that: look for brackets too many',
  ],
  [
    'deep block 5000',
    Array.from({ length: 5000 }, (_, i) => ' '.repeat(i) + 'a:').join('\n'),
    '100:101: this is nested more than 100 levels deep; no plan needs that: look for brackets too many',
  ],
  [
    'deep block list 20000',
    '- '.repeat(20000) + 'x',
    '1:200: this is nested more than 100 levels deep; no plan needs that: look for brackets too many',
  ],
  [
    'deep 500 in cmdline',
    add('cmdline: ' + '['.repeat(500) + ']'.repeat(500)),
    '6:109: this is nested more than 100 levels deep; no plan needs that: look for brackets too many',
  ],
  [
    'deep 50 in description',
    add('description: ' + '['.repeat(50) + ']'.repeat(50)),
    '6:14: description is a list; it would be text',
  ],
  [
    'NUL in name',
    swap('name: p', 'name: "p\\0q"'),
    '1:7: "p q" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  ],
  [
    'raw NUL in text',
    swap('name: p', 'name: p\0q'),
    '1:8: a NUL stands here; the file is damaged, or is no text: name another',
  ],
  [
    'raw NUL in cmdline',
    add('cmdline: a\0b'),
    '6:11: a NUL stands here; the file is damaged, or is no text: name another',
  ],
  [
    'NUL escape in cmdline',
    add('cmdline: "a\\0b"'),
    '6:10: "a b" holds a control character; blanks separate parameters',
  ],
  [
    'NUL escape in fragment path',
    swap('    source', '    fragments: ["a\\0b"]\n    source'),
    ['4:17: "a b" holds a control character; no path has one'],
  ],
  [
    'NUL escape in stack path',
    swap('stack.yaml', '"a\\0b"'),
    ['5:14: "a b" holds a control character; no path has one'],
  ],
  [
    'NUL in symbol value',
    swap('    source', '    symbols: { A: "a\\0b" }\n    source'),
    '4:19: "a b" holds a control character; the value of a Kconfig symbol is one line of text',
  ],
  [
    'line feed in symbol value',
    swap('    source', '    symbols: { A: "a\\nCONFIG_B=y" }\n    source'),
    '4:19: "a CONFIG_B=y" holds a control character; the value of a Kconfig symbol is one line of text',
  ],
  [
    'ESC in name',
    swap('name: p', 'name: "\\e[31mp"'),
    '1:7: " [31mp" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  ],
  [
    'bell in unknown key',
    add('"a\\ab": 1'),
    '6:1: unknown key "a b" in the plan; it would be one of name, description, kernels, configs, stacks, modes, cmdline, targets, matrix, probes, expect, attempts, pairs, limits',
  ],
  [
    'newline in unknown key',
    add('"a\\nb": 1'),
    '6:1: unknown key "a b" in the plan; it would be one of name, description, kernels, configs, stacks, modes, cmdline, targets, matrix, probes, expect, attempts, pairs, limits',
  ],
  ['__proto__ top', add('__proto__: { name: q }'), '6:1: nothing can be named __proto__; choose another name'],
  ['__proto__ kernel', swap('  k:', '  __proto__:'), '3:3: nothing can be named __proto__; choose another name'],
  [
    '__proto__ stack',
    swap('{ s: stack.yaml }', '{ __proto__: stack.yaml }'),
    '5:11: nothing can be named __proto__; choose another name',
  ],
  ['__proto__ mode', add('modes: { __proto__: x }'), '6:10: nothing can be named __proto__; choose another name'],
  [
    '__proto__ symbol',
    swap('    source', '    symbols: { __proto__: y }\n    source'),
    '4:16: nothing can be named __proto__; choose another name',
  ],
  [
    '__proto__ finding',
    add('expect: [{ findings: { __proto__: pass } }]'),
    '6:24: nothing can be named __proto__; choose another name',
  ],
  [
    '__proto__ fact',
    add('expect: [{ findings: { ffa.usable: { outcome: fail, __proto__: 1 } } }]'),
    '6:53: nothing can be named __proto__; choose another name',
  ],
  [
    'toString group',
    add('probes: [toString]'),
    '6:10: there is no probe group "toString"; it would be one of pkvm, order, ffa, optee, fault',
  ],
  [
    'constructor in matrix',
    add('matrix: { kernel: [constructor] }'),
    '6:20: there is no kernel "constructor"; the only one is "k"',
  ],
  ['UTF-16 read as UTF-8', '\ufffd\ufffdn\0a\0m\0e\0:\0 \0p\0\n\0', '1:1: this is UTF-16; save the file as UTF-8'],
  ['latin-1 decoded', add('description: caf\ufffd'), '6:17: what stands here is no UTF-8; save the file as UTF-8'],
  ['CR only', good.replaceAll('\n', '\r'), '1:8: the lines end with carriage returns alone; save it with line feeds'],
  [
    'nbsp indent',
    good.replace('  k:', '\u00a0\u00a0k:'),
    '3:1: a blank that YAML does not know (U+00A0) indents this line; use spaces',
  ],
  [
    'smart quotes',
    swap('name: p', 'name: “p”'),
    '1:7: "“p”" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  ],
  [
    'alias undefined',
    swap('stack.yaml', '*nothing'),
    '5:14: no anchor "&nothing" stands before this alias; write &nothing at an earlier value, or put the text in quotes',
  ],
  [
    'alias of self',
    add('modes: &m { a: *m }'),
    '6:16: the alias "*m" is inside the very thing that it names; name something that ends before it',
  ],
  [
    'alias bomb',
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n',
    '1:1: its aliases make 6053444 values of this file; a plan may have 2000000; use fewer aliases of aliases',
  ],
  [
    'merge of a text',
    swap('    source', '    <<: foo\n    source'),
    '4:5: "<<" merges something that is no map; give it an alias of a map, e.g. <<: *base',
  ],
  [
    'merge of a list',
    swap('    source', '    <<: [1, 2]\n    source'),
    '4:5: "<<" merges something that is no map; give it an alias of a map, e.g. <<: *base',
  ],
  ['duplicate key', add('name: q'), '6:1: the key name stands twice in this map; merge the two or rename one'],
  [
    'duplicate kernel',
    swap('stacks:', '  k:\n    source: { tree: x }\nstacks:'),
    '5:3: the key k stands twice in this map; merge the two or rename one',
  ],
  [
    'duplicate quoted key',
    add('"name": q'),
    '6:1: the key "name" stands twice in this map; merge the two or rename one',
  ],
  [
    'tag',
    swap('name: p', 'name: !!python/object p'),
    '1:7: tags (!name) have no meaning in a plan; remove it, or put the text in quotes',
  ],
  [
    'tag binary',
    swap('name: p', 'name: !!binary aGVsbG8='),
    '1:7: tags (!name) have no meaning in a plan; remove it, or put the text in quotes',
  ],
  [
    'tag set',
    add('probes: !!set { ffa }'),
    [
      '6:9: tags (!name) have no meaning in a plan; remove it, or put the text in quotes',
      '6:15: probes is a map; it would be a list',
    ],
  ],
  ['two documents', good + '---\n' + good, '6:1: a second YAML document begins here; one file holds one plan'],
  ['second document empty', good + '---\n', '6:1: a second YAML document begins here; one file holds one plan'],
  ['tab indent', good.replace('  k:', '\tk:'), '3:1: a tab is used as indentation; YAML wants spaces'],
  [
    'bad indent',
    swap('    source', '   base: defconfig\n    source'),
    '4:10: the next line is indented deeper, but this one has a value already; give both the same indentation',
  ],
  [
    'missing space after colon',
    swap('name: p', 'name:p'),
    '1:1: there is no ": " on this line; it would be key: value, with a blank behind the colon',
  ],
  [
    'missing colon',
    swap('kernels:', 'kernels'),
    '2:1: there is no ": " on this line; it would be key: value, with a blank behind the colon',
  ],
  [
    'colon in value',
    swap('name: p', 'description: see: this\nname: p'),
    '1:14: there is a second ": " on this line; put quotes around text that contains ": "',
  ],
  ['unclosed bracket', add('probes: [ffa'), '6:9: the [ that begins here has no end; add ] where the list ends'],
  [
    'unclosed brace',
    swap('6.18.5-1 }', '6.18.5-1'),
    '4:13: the { that begins here has no end; add } where the map ends',
  ],
  ['unclosed quote', add('description: "hello'), '6:14: the " that begins here has no end; add " where the text ends'],
  [
    'unclosed single quote',
    add("description: 'hello"),
    "6:14: the ' that begins here has no end; add ' where the text ends",
  ],
  [
    'bad escape',
    add('description: "a\\qb"'),
    '6:16: invalid escape sequence \\q in double quotes; use single quotes, in which a backslash is one',
  ],
  ['percent at start', add('description: %foo'), '6:14: a text cannot begin with %; put the text in quotes'],
  ['at sign', add('description: @foo'), '6:14: a text cannot begin with @; put the text in quotes'],
  ['backtick', add('description: `foo`'), '6:14: a text cannot begin with `; put the text in quotes'],
  ['star value', add('description: *'), '6:14: a text cannot begin with *; put the text in quotes'],
  ['ampersand', add('description: & x'), '6:14: a text cannot begin with &; put the text in quotes'],
  ['pipe wrong', add('description: |x'), '6:15: text stands behind | or >; begin it on the next line'],
  [
    'comma missing in flow',
    swap('debian: linux, version', 'debian: linux version'),
    '4:23: a comma is missing before this, or a bracket is not closed; e.g. { a: 1, b: 2 }',
  ],
  ['list in map', add('- x'), '6:1: a list item stands among the keys of a map; indent it below its key'],
  ['complex key', add('? [a, b]\n: c'), '6:3: a key is a list or a map; keys are plain words'],
  [
    'empty key',
    add(': c'),
    '6:1: unknown key "" in the plan; it would be one of name, description, kernels, configs, stacks, modes, cmdline, targets, matrix, probes, expect, attempts, pairs, limits',
  ],
  [
    'number key',
    add('1: c'),
    '6:1: unknown key "1" in the plan; it would be one of name, description, kernels, configs, stacks, modes, cmdline, targets, matrix, probes, expect, attempts, pairs, limits',
  ],
  [
    'null key',
    add('~: c'),
    '6:1: unknown key "~" in the plan; it would be one of name, description, kernels, configs, stacks, modes, cmdline, targets, matrix, probes, expect, attempts, pairs, limits',
  ],
  ['name missing', swap('name: p\n', ''), '1:1: missing key "name" in the plan; add name: ..., see docs/plans.md'],
  ['name empty', swap('name: p', 'name:'), '1:6: name is empty; it would be text'],
  [
    'name empty text',
    swap('name: p', "name: ''"),
    '1:7: "" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  ],
  ['name number', swap('name: p', 'name: 7'), "1:7: name is the number 7; it would be text, in quotes: '7'"],
  ['name null', swap('name: p', 'name: ~'), '1:7: name is empty; it would be text'],
  ['name true', swap('name: p', 'name: true'), "1:7: name is the boolean true; it would be text, in quotes: 'true'"],
  ['name list', swap('name: p', 'name: [a]'), '1:7: name is a list; it would be text'],
  ['name map', swap('name: p', 'name: {a: b}'), '1:7: name is a map; it would be text'],
  [
    'name slash',
    swap('name: p', 'name: a/b'),
    '1:7: "a/b" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  ],
  [
    'name space',
    swap('name: p', 'name: my plan'),
    '1:7: "my plan" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  ],
  [
    'name long',
    swap('name: p', 'name: ' + 'a'.repeat(5000)),
    '1:7: "aaaaaaaaaaaaaaaaaaaa..." is too long a name (5000 characters); 100 at most',
  ],
  [
    'name with slash long',
    swap('name: p', 'name: ' + 'a/'.repeat(5000)),
    '1:7: "a/a/a/a/a/a/a/a/a/a/..." is too long a name (10000 characters); 100 at most',
  ],
  [
    'name umlaut',
    swap('name: p', 'name: prüfung'),
    '1:7: "prüfung" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  ],
  [
    'kernels missing',
    good.replace(/kernels:\n.*\n.*\n/, ''),
    '1:1: missing key "kernels" in the plan; add kernels: ..., see docs/plans.md',
  ],
  ['kernels empty', good.replace(/kernels:\n.*\n.*\n/, 'kernels:\n'), '2:9: kernels is empty; it would be a map'],
  [
    'kernels {}',
    good.replace(/kernels:\n.*\n.*\n/, 'kernels: {}\n'),
    '2:10: kernels is an empty map; one entry at least',
  ],
  [
    'kernels list',
    good.replace(/kernels:\n.*\n.*\n/, 'kernels: [{ source: { tree: x } }]\n'),
    '2:10: kernels is a list; it would be a map',
  ],
  ['kernels text', good.replace(/kernels:\n.*\n.*\n/, 'kernels: linux\n'), '2:10: kernels is text; it would be a map'],
  [
    'kernel text',
    good.replace(/kernels:\n.*\n.*\n/, 'kernels: { k: linux }\n'),
    '2:15: kernels.k is text; it would be a map',
  ],
  [
    'kernel null',
    good.replace(/kernels:\n.*\n.*\n/, 'kernels: { k: }\n'),
    '2:15: kernels.k is empty; it would be a map',
  ],
  [
    'kernel with slash name',
    swap('  k:', '  a/b:'),
    '3:3: "a/b" is not a name; letters, digits and . _ = + : @ - make a name, as it becomes part of the cell id',
  ],
  [
    'kernel with long name',
    swap('  k:', '  ' + 'k'.repeat(300) + ':'),
    '3:3: "kkkkkkkkkkkkkkkkkkkk..." is too long a name (300 characters); 100 at most',
  ],
  [
    'source missing',
    swap('    source: { debian: linux, version: 6.18.5-1 }', '    base: defconfig'),
    '3:3: missing key "source" in kernels.k; add source: ..., see docs/plans.md',
  ],
  [
    'source text',
    swap('{ debian: linux, version: 6.18.5-1 }', 'https://x/linux.tar.xz'),
    '4:13: kernels.k.source is text; it would be a map or a list',
  ],
  [
    'source empty list',
    swap('{ debian: linux, version: 6.18.5-1 }', '[]'),
    '4:13: kernels.k.source is an empty list; one entry at least',
  ],
  [
    'source empty map',
    swap('{ debian: linux, version: 6.18.5-1 }', '{}'),
    '4:13: this location does not say where the source is; add debian, deb, tarball, tree or git',
  ],
  [
    'source number',
    swap('{ debian: linux, version: 6.18.5-1 }', '3'),
    '4:13: kernels.k.source is the number 3; it would be a map or a list',
  ],
  [
    'source null',
    swap('{ debian: linux, version: 6.18.5-1 }', ''),
    '4:13: kernels.k.source is empty; it would be a map or a list',
  ],
  [
    'source list of texts',
    swap('{ debian: linux, version: 6.18.5-1 }', '[linux]'),
    '4:14: kernels.k.source[0] is text; it would be a map',
  ],
  [
    'source misspelt',
    swap('debian: linux', 'debain: linux'),
    '4:15: unknown key "debain" in kernels.k.source; did you mean "debian"?',
  ],
  [
    'source two kinds',
    swap('debian: linux', 'debian: linux, tree: x'),
    '4:30: "debian" and "tree" are two locations in one; write two list entries, tried in order',
  ],
  ['source no version', swap(', version: 6.18.5-1', ''), '4:13: a debian location needs "version"; add version: ...'],
  [
    'source version number',
    swap('version: 6.18.5-1', 'version: 6.18'),
    "4:39: kernels.k.source.version is the number 6.18; it would be text, in quotes: '6.18'",
  ],
  [
    'source version empty',
    swap('version: 6.18.5-1', 'version: '),
    '4:40: kernels.k.source.version is empty; it would be text',
  ],
  [
    'git without ref',
    swap('debian: linux, version: 6.18.5-1', 'git: x'),
    '4:13: a git location needs "ref"; add ref: ...',
  ],
  [
    'git ref number',
    swap('debian: linux, version: 6.18.5-1', 'git: x, ref: 7'),
    "4:28: kernels.k.source.ref is the number 7; it would be text, in quotes: '7'",
  ],
  [
    'git ref hex looks like number',
    swap('debian: linux, version: 6.18.5-1', 'git: x, ref: 1234567'),
    "4:28: kernels.k.source.ref is the number 1234567; it would be text, in quotes: '1234567'",
  ],
  [
    'tree with version',
    swap('debian: linux', 'tree: linux'),
    '4:28: "version" has no meaning for a tree location; remove it',
  ],
  [
    'tarball path',
    swap('debian: linux, version: 6.18.5-1', 'tarball: ../linux.tar'),
    '4:24: "../linux.tar" is not an address; https://..., http://... or file:///...',
  ],
  [
    'sha short',
    swap('version: 6.18.5-1', 'version: 6.18.5-1, sha256: abc'),
    '4:57: "abc" is not a sha256 (3 characters); 64 hexadecimal digits in lower case, as sha256sum prints them',
  ],
  [
    'sha upper',
    swap('version: 6.18.5-1', 'version: 6.18.5-1, sha256: ' + 'A'.repeat(64)),
    '4:57: "AAAAAAAAAAAAAAAAAAAA..." is not a sha256 (64 characters); 64 hexadecimal digits in lower case, as sha256sum prints them',
  ],
  [
    'sha number',
    swap('version: 6.18.5-1', 'version: 6.18.5-1, sha256: ' + '1'.repeat(64)),
    "4:57: kernels.k.source.sha256 is the number 1111111111111111111111111111111111111111111111111111111111111111; it would be text, in quotes: '1111111111111111111111111111111111111111111111111111111111111111'",
  ],
  [
    'base unknown',
    swap('    source', '    base: defconf\n    source'),
    '4:11: "defconf" is not a base; allnoconfig, tinyconfig, defconfig or NAME_defconfig',
  ],
  [
    'base number',
    swap('    source', '    base: 1\n    source'),
    "4:11: kernels.k.base is the number 1; it would be text, in quotes: '1'",
  ],
  [
    'fragments text',
    swap('    source', '    fragments: base.config\n    source'),
    '4:16: kernels.k.fragments is text; it would be a list',
  ],
  [
    'fragments missing file',
    swap('    source', '    fragments: [bsae.config]\n    source'),
    '4:17: there is no config fragment "bsae.config"; did you mean "base.config"?',
  ],
  [
    'fragments a number',
    swap('    source', '    fragments: [1]\n    source'),
    "4:17: kernels.k.fragments[0] is the number 1; it would be text, in quotes: '1'",
  ],
  [
    'fragments null',
    swap('    source', '    fragments:\n    source'),
    '4:15: kernels.k.fragments is empty; it would be a list',
  ],
  [
    'fragment bad lines',
    swap('    source', '    fragments: [bad.config]\n    source'),
    'bad.config:3:1: a NUL stands here, so this is no config fragment; name another file',
  ],
  [
    'symbols list',
    swap('    source', '    symbols: [A, B]\n    source'),
    '4:14: kernels.k.symbols is a list; it would be a map',
  ],
  [
    'symbols with CONFIG_',
    swap('    source', '    symbols: { CONFIG_A: y }\n    source'),
    '4:16: "CONFIG_A" is not a Kconfig symbol as plans write it, in capitals and without CONFIG_; did you mean "A"?',
  ],
  [
    'symbols lower',
    swap('    source', '    symbols: { arm_ffa: y }\n    source'),
    '4:16: "arm_ffa" is not a Kconfig symbol as plans write it, in capitals and without CONFIG_; did you mean "ARM_FFA"?',
  ],
  [
    'symbols true',
    swap('    source', '    symbols: { A: true }\n    source'),
    '4:19: true is no value of a Kconfig symbol; y, m, n, a whole number or a text',
  ],
  [
    'symbols yes',
    swap('    source', '    symbols: { A: yes }\n    source'),
    '4:19: "yes" is no value that Kconfig knows; A: y, or \'"yes"\' if the text itself is meant',
  ],
  [
    'symbols float',
    swap('    source', '    symbols: { A: 1.5 }\n    source'),
    '4:19: 1.5 is no value of a Kconfig symbol; y, m, n, a whole number or a text',
  ],
  [
    'symbols null',
    swap('    source', '    symbols: { A: }\n    source'),
    '4:19: kernels.k.symbols.A is no value of a Kconfig symbol; y, m, n, a whole number or a text',
  ],
  [
    'symbols list value',
    swap('    source', '    symbols: { A: [y] }\n    source'),
    '4:19: kernels.k.symbols.A is no value of a Kconfig symbol; y, m, n, a whole number or a text',
  ],
  [
    'symbols huge int',
    swap('    source', '    symbols: { A: 99999999999999999999 }\n    source'),
    '4:19: 100000000000000000000 is too large; 9007199254740991 at most',
  ],
  [
    'patches text',
    swap('    source', '    patches: fix.patch\n    source'),
    '4:14: kernels.k.patches is text; it would be a list',
  ],
  [
    'patches missing',
    swap('    source', '    patches: [fxi.patch]\n    source'),
    '4:15: there is no patch "fxi.patch"; did you mean "fix.patch"?',
  ],
  [
    'unknown kernel key',
    swap('    source', '    fragment: [x]\n    source'),
    '4:5: unknown key "fragment" in kernels.k; did you mean "fragments"?',
  ],
  ['unknown top key', add('probe: [ffa]'), '6:1: unknown key "probe" in the plan; did you mean "probes"?'],
  [
    'unknown top key far',
    add('foo: 1'),
    '6:1: unknown key "foo" in the plan; it would be one of name, description, kernels, configs, stacks, modes, cmdline, targets, matrix, probes, expect, attempts, pairs, limits',
  ],
  ['configs list', add('configs: [a]'), '6:10: configs is a list; it would be a map'],
  ['configs null', add('configs:'), '6:9: configs is empty; it would be a map'],
  ['config null', add('configs: { a: }'), '6:15: configs.a is empty; it would be a map'],
  ['config text', add('configs: { a: foo }'), '6:15: configs.a is text; it would be a map'],
  ['modules text', add('configs: { a: { modules: ffa-core } }'), '6:26: configs.a.modules is text; it would be a list'],
  [
    'modules .ko',
    add('configs: { a: { modules: [ffa.ko] } }'),
    '6:27: "ffa.ko" is not a module name; as in the build, without folder and without .ko',
  ],
  ['modules twice', add('configs: { a: { modules: [a, a] } }'), '6:30: the module "a" is loaded twice; name it once'],
  [
    'modules number',
    add('configs: { a: { modules: [1] } }'),
    "6:27: configs.a.modules[0] is the number 1; it would be text, in quotes: '1'",
  ],
  [
    'stacks missing',
    swap('stacks: { s: stack.yaml }\n', ''),
    '1:1: missing key "stacks" in the plan; add stacks: ..., see docs/plans.md',
  ],
  ['stacks text', swap('stacks: { s: stack.yaml }', 'stacks: stack.yaml'), '5:9: stacks is text; it would be a map'],
  [
    'stacks list',
    swap('stacks: { s: stack.yaml }', 'stacks: [stack.yaml]'),
    '5:9: stacks is a list; it would be a map',
  ],
  [
    'stack missing file',
    swap('stack.yaml', 'stakc.yaml'),
    '5:14: there is no stack recipe "stakc.yaml"; did you mean "stack.yaml"?',
  ],
  ['stack empty', swap('stack.yaml', "''"), '5:14: "" is empty; a path, relative to this file'],
  ['stack null', swap('stack.yaml', ''), '5:15: stacks.s is empty; it would be text'],
  ['stack map', swap('stack.yaml', '{ recipe: stack.yaml }'), '5:14: stacks.s is a map; it would be text'],
  ['stack number', swap('stack.yaml', '7'), "5:14: stacks.s is the number 7; it would be text, in quotes: '7'"],
  [
    'stack installed misspelt',
    swap('stack.yaml', 'instaled'),
    '5:14: there is no stack recipe "instaled"; did you mean installed?',
  ],
  [
    'stack installed with qemu',
    swap('stack.yaml', 'installed'),
    '5:14: qemu is a QEMU machine and has no firmware of its own; exclude the cells of s on it',
  ],
  [
    'stack is fvp',
    swap('stack.yaml', 'fvp.yaml'),
    '5:14: the stack s is for an FVP, and qemu is none; exclude those cells',
  ],
  ['modes text', add('modes: kvm-arm.mode=protected'), '6:8: modes is text; it would be a map'],
  ['modes list', add('modes: [a, b]'), '6:8: modes is a list; it would be a map'],
  ['mode null', add('modes: { a: }'), '6:13: modes.a is empty; it would be text'],
  ['mode number', add('modes: { a: 1 }'), "6:13: modes.a is the number 1; it would be text, in quotes: '1'"],
  ['mode list', add('modes: { a: [x] }'), '6:13: modes.a is a list; it would be text'],
  ['mode newline', add('modes: { a: "x\\ny" }'), '6:13: "x y" holds a line feed; a kernel command line is one line'],
  ['cmdline list', add('cmdline: [a, b]'), '6:10: cmdline is a list; it would be text'],
  ['cmdline number', add('cmdline: 1'), "6:10: cmdline is the number 1; it would be text, in quotes: '1'"],
  ['cmdline block', add('cmdline: |\n  a\n  b'), '6:10: "a b " holds a line feed; a kernel command line is one line'],
  [
    'cmdline long',
    add('cmdline: ' + 'a'.repeat(3000)),
    '6:10: the command line has 3000 characters, to which the target adds 95, and an arm64 kernel takes 2047; shorten it by 1048',
  ],
  ['targets text', add('targets: qemu'), '6:10: targets is text; it would be a map'],
  ['target null', add('targets: { q: }'), '6:15: targets.q is empty; it would be a map'],
  [
    'target empty',
    add('targets: { q: {} }'),
    '6:12: missing key "kind" in targets.q; add kind: ..., see docs/plans.md',
  ],
  ['target kind wrong', add('targets: { q: { kind: qmeu } }'), '6:23: "qmeu" is not right here; did you mean "qemu"?'],
  [
    'target kind number',
    add('targets: { q: { kind: 1 } }'),
    '6:23: 1 is not right here; it would be one of qemu, board, fvp',
  ],
  ['target kind case', add('targets: { q: { kind: QEMU } }'), '6:23: "QEMU" is not right here; did you mean "qemu"?'],
  [
    'target cpu',
    add('targets: { q: { kind: qemu, cpu: cortex-a67 } }'),
    '6:34: The virt machine of QEMU has no 64-bit cpu "cortex-a67"; did you mean "cortex-a57"?',
  ],
  [
    'target cpu number',
    add('targets: { q: { kind: qemu, cpu: 1 } }'),
    "6:34: targets.q.cpu is the number 1; it would be text, in quotes: '1'",
  ],
  ['target smp 0', add('targets: { q: { kind: qemu, smp: 0 } }'), '6:34: 0 is not a number of CPUs; 1 or more'],
  [
    'target smp text',
    add('targets: { q: { kind: qemu, smp: two } }'),
    '6:34: targets.q.smp is text; it would be a number',
  ],
  [
    'target smp 1e9',
    add('targets: { q: { kind: qemu, smp: 1000000000 } }'),
    '6:34: 1000000000 is not a number of CPUs; a virt machine of QEMU has 512 at most',
  ],
  [
    'target smp 1.5',
    add('targets: { q: { kind: qemu, smp: 1.5 } }'),
    '6:34: targets.q.smp is the number 1.5; it would be a whole number',
  ],
  [
    'target smp quoted',
    add("targets: { q: { kind: qemu, smp: '2' } }"),
    '6:34: targets.q.smp is text; it would be a number, without quotes: 2',
  ],
  ['memory text', add('targets: { q: { kind: qemu, memory: 2G } }'), '6:37: "2G" is not a size; 2 GiB or 2048 MiB'],
  [
    'memory lots',
    add('targets: { q: { kind: qemu, memory: 1e30 } }'),
    '6:37: 1e+30 is too large; 9007199254740991 at most',
  ],
  [
    'memory lots2',
    add('targets: { q: { kind: qemu, memory: 99999999 GiB } }'),
    '6:37: q has 102399998976 MiB, and the stack s takes 1048576 MiB at most; write 1048576 MiB, or exclude those cells',
  ],
  ['memory neg', add('targets: { q: { kind: qemu, memory: -1 } }'), '6:37: -1 is not a size; 2048, 2 GiB'],
  [
    'memory half',
    add('targets: { q: { kind: qemu, memory: 0.3 MiB } }'),
    '6:37: q has 0.3 MiB, and the stack s needs 769 MiB at least; e.g. 2 GiB',
  ],
  [
    'memory 1.5',
    add('targets: { q: { kind: qemu, memory: 2048.5 } }'),
    "6:37: targets.q.memory is the number 2048.5; it would be a whole number or text, in quotes: '2048.5'",
  ],
  [
    'memory list',
    add('targets: { q: { kind: qemu, memory: [2 GiB] } }'),
    '6:37: targets.q.memory is a list; it would be a number or text',
  ],
  [
    'trace text',
    add('targets: { q: { kind: qemu, trace: yes } }'),
    '6:36: targets.q.trace is text; it would be true or false',
  ],
  [
    'board no class',
    add('targets: { q: { kind: board } }'),
    '6:12: the board q has no class; e.g. class: rk3588, as the lab names it',
  ],
  [
    'board with cpu',
    add('targets: { q: { kind: board, class: x, cpu: max } }'),
    '6:40: a place of a lab has its own cpu; choose it by class and tags',
  ],
  [
    'qemu with class',
    add('targets: { q: { kind: qemu, class: x } }'),
    '6:29: a QEMU machine is no place of a lab; it has cpu, smp, memory, trace',
  ],
  ['matrix list', add('matrix: [a]'), '6:9: matrix is a list; it would be a map'],
  ['matrix null', add('matrix:'), '6:8: matrix is empty; it would be a map'],
  [
    'matrix unknown axis',
    add('matrix: { kernels: [k] }'),
    '6:11: unknown key "kernels" in matrix; did you mean "kernel"?',
  ],
  ['matrix unknown value', add('matrix: { kernel: [kk] }'), '6:20: there is no kernel "kk"; did you mean "k"?'],
  ['matrix empty', add('matrix: { kernel: [] }'), '6:19: matrix.kernel is an empty list; one entry at least'],
  ['matrix null axis', add('matrix: { kernel: }'), '6:19: matrix.kernel is empty; it would be text or a list'],
  [
    'matrix number',
    add('matrix: { kernel: 6 }'),
    "6:19: matrix.kernel is the number 6; it would be text or a list, in quotes: '6'",
  ],
  ['matrix twice', add('matrix: { kernel: [k, k] }'), '6:23: "k" stands twice in this list; name it once'],
  ['exclude map', add('matrix: { exclude: { kernel: k } }'), '6:20: matrix.exclude is a map; it would be a list'],
  [
    'exclude all',
    add('matrix: { exclude: [{ kernel: k }] }'),
    '6:1: the matrix is empty: exclude takes every cell out; leave one cell at least',
  ],
  [
    'exclude {}',
    add('matrix: { exclude: [{}] }'),
    '6:1: the matrix is empty: exclude takes every cell out; leave one cell at least',
  ],
  ['exclude nothing', add('matrix: { exclude: [{ kernel: q }] }'), '6:31: there is no kernel "q"; did you mean "k"?'],
  ['exclude text', add('matrix: { exclude: [k] }'), '6:21: matrix.exclude[0] is text; it would be a map'],
  [
    'include there',
    add('matrix: { include: [{ kernel: k }] }'),
    '6:21: this include adds k/default/s/default/qemu, which is there already; remove it, or name its axes more closely',
  ],
  ['probes text', add('probes: ffa'), '6:9: probes is text; it would be a list'],
  ['probes empty', add('probes: []'), '6:9: probes is an empty list; one probe group at least'],
  ['probes unknown', add('probes: [fffa]'), '6:10: there is no probe group "fffa"; did you mean "ffa"?'],
  ['probes number', add('probes: [1]'), "6:10: probes[0] is the number 1; it would be text, in quotes: '1'"],
  ['probes null', add('probes: [~]'), '6:10: probes[0] is empty; it would be text'],
  ['probes finding', add('probes: [ffa.usable]'), '6:10: "ffa.usable" is a finding, not a probe group; write ffa'],
  ['probes map', add('probes: { ffa: true }'), '6:9: probes is a map; it would be a list'],
  ['expect map', add('expect: { ffa.usable: pass }'), '6:9: expect is a map; it would be a list'],
  [
    'expect no findings',
    add('expect: [{ cells: { kernel: k } }]'),
    '6:10: missing key "findings" in expect[0]; add findings: ..., see docs/plans.md',
  ],
  [
    'expect empty findings',
    add('expect: [{ findings: {} }]'),
    '6:22: expect[0].findings is an empty map; one entry at least',
  ],
  [
    'expect unknown finding',
    add('expect: [{ findings: { ffa.usabel: pass } }]'),
    '6:24: there is no finding "ffa.usabel"; did you mean "ffa.usable"?',
  ],
  [
    'expect bad outcome',
    add('expect: [{ findings: { ffa.usable: passes } }]'),
    '6:36: "passes" is not right here; did you mean "pass"?',
  ],
  [
    'expect true',
    add('expect: [{ findings: { ffa.usable: true } }]'),
    '6:36: expect[0].findings.ffa.usable is the boolean true; it would be pass or fail or skip or unknown or a map',
  ],
  ['expect list', add('expect: [{ findings: [ffa.usable] }]'), '6:22: expect[0].findings is a list; it would be a map'],
  [
    'expect outcome missing',
    add('expect: [{ findings: { ffa.usable: { errno: -22 } } }]'),
    '6:24: missing key "outcome" in expect[0].findings.ffa.usable; add outcome: ..., see docs/plans.md',
  ],
  [
    'expect outcome list',
    add('expect: [{ findings: { ffa.usable: { outcome: [pass] } } }]'),
    '6:47: expect[0].findings.ffa.usable.outcome is not right here; it would be one of pass, fail, skip, unknown',
  ],
  [
    'expect fact map',
    add('expect: [{ findings: { ffa.usable: { outcome: pass, x: { y: 1 } } } }]'),
    '6:56: expect[0].findings.ffa.usable.x is a map; it would be text or a number or true or false',
  ],
  [
    'expect cells unknown',
    add('expect: [{ cells: { config: x }, findings: { ffa.usable: pass } }]'),
    '6:29: there is no config "x"; the only one is "default"',
  ],
  [
    'expect twice disagree',
    add('expect: [{ findings: { ffa.usable: pass } }, { findings: { ffa.usable: fail } }]'),
    '6:60: for k/default/s/default/qemu this contradicts plan.yaml:6; let each cell have one answer',
  ],
  [
    'expect known true',
    add('expect: [{ known: true, findings: { ffa.usable: fail } }]'),
    "6:19: expect[0].known is the boolean true; it would be text, in quotes: 'true'",
  ],
  [
    'expect known empty',
    add("expect: [{ known: '', findings: { ffa.usable: fail } }]"),
    '6:19: "" is empty; one sentence that names the bug',
  ],
  [
    'expect group not in probes',
    add('probes: [pkvm]\nexpect: [{ findings: { ffa.usable: fail } }]'),
    '7:24: "ffa.usable" comes from the probe group "ffa", which is not in probes; add ffa to probes',
  ],
  [
    'pairs of one kernel',
    add('pairs: 3'),
    '6:1: no two cells differ by their kernel alone, so that none has another to take turns with; name a base and a series under kernels, or write attempts',
  ],
  [
    'pairs beside attempts',
    swap('  k:', '  k: &k').replace('stacks:', '  l: *k\nstacks:') + 'pairs: 3\nattempts: 2\n',
    '8:1: pairs says already how many attempts of each cell count; leave one of the two out; attempts: { infra: 5 } may stand beside pairs',
  ],
  [
    'pairs beside a count of attempts',
    swap('  k:', '  k: &k').replace('stacks:', '  l: *k\nstacks:') + 'pairs: 3\nattempts: { infra: 2, count: 2 }\n',
    '8:23: pairs says already how many attempts of each cell count; leave one of the two out; attempts: { infra: 5 } may stand beside pairs',
  ],
  [
    'more pairs than a story tells',
    swap('  k:', '  k: &k').replace('stacks:', '  l: *k\nstacks:') + 'pairs: 151\n',
    '7:8: 151 of 2 kernels are more attempts than one story tells; 150 at most; make fewer, or start more runs',
  ],
  ['no pairs', add('pairs: 0'), '6:8: 0 is not a number of attempts; 1 or more'],
  ['attempts 0', add('attempts: 0'), '6:11: 0 is not a number of attempts; 1 or more'],
  ['attempts text', add('attempts: three'), '6:11: attempts is text; it would be a number or a map'],
  ['attempts float', add('attempts: 1.5'), '6:11: attempts is the number 1.5; it would be a whole number or a map'],
  ['attempts list', add('attempts: [3]'), '6:11: attempts is a list; it would be a number or a map'],
  ['attempts null', add('attempts:'), '6:10: attempts is empty; it would be a number or a map'],
  [
    'attempts until wrong',
    add('attempts: { until: sure }'),
    '6:20: "sure" is not right here; the only one is "confident"',
  ],
  [
    'attempts until true',
    add('attempts: { until: true }'),
    '6:20: true is not right here; the only one is "confident"',
  ],
  ['attempts infra -1', add('attempts: { infra: -1 }'), '6:20: -1 is not a number of attempts; 0 or more'],
  ['attempts unknown', add('attempts: { conut: 3 }'), '6:13: unknown key "conut" in attempts; did you mean "count"?'],
  ['limits number', add('limits: 60'), '6:9: limits is the number 60; it would be a map'],
  [
    'silence number',
    add('limits: { silence: 60 }'),
    '6:20: 60 is not a duration; a number with a unit, e.g. 60 s or 2 min',
  ],
  [
    'silence no unit',
    add("limits: { silence: '60' }"),
    '6:20: "60" is not a duration; a number with a unit, e.g. 60 s or 2 min',
  ],
  ['silence 0', add('limits: { silence: 0 s }'), '6:20: "0 s" is no silence that can be waited for; 1 s to 24 h'],
  [
    'silence neg',
    add('limits: { silence: -1 s }'),
    '6:20: "-1 s" is not a duration; a number with a unit, e.g. 60 s or 2 min',
  ],
  [
    'silence minutes',
    add('limits: { silence: 2 minutes }'),
    '6:20: "2 minutes" is not a duration; a number with a unit, e.g. 60 s or 2 min',
  ],
  [
    'silence huge',
    add('limits: { silence: 999999999999999999999 h }'),
    '6:20: "999999999999999999999 h" is no silence that can be waited for; 1 s to 24 h',
  ],
  ['limits unknown', add('limits: { silent: 60 s }'), '6:11: unknown key "silent" in limits; did you mean "silence"?'],
  ['description list', add('description: [a]'), '6:14: description is a list; it would be text'],
  ['description number', add('description: 7'), "6:14: description is the number 7; it would be text, in quotes: '7'"],
  [
    'merge key from top',
    'x-base: &b { base: defconfig }\n' + good,
    '1:1: unknown key "x-base" in the plan; it would be one of name, description, kernels, configs, stacks, modes, cmdline, targets, matrix, probes, expect, attempts, pairs, limits',
  ],
]
