/** Broken recipes, each with one mistake that people make, and what is said of it. `good.yaml` lies beside each. */

/** A recipe of two components without mistakes; a.dts lies beside it. */
export const goodRecipe = `title: t
consoles: { uart0: [EL3, NS] }
bl33: 0x60000000
toolchain: [ld]
components:
  a:
    version: 1.0
    source: { debian: optee-os, version: 4.10.0-2 }
    arguments: { O: '\${out}', D: '\${file:a.dts}' }
    products: { p: out/p.bin }
  b:
    version: 2.0
    source: { tarball: 'https://x.org/b.tar.xz' }
    arguments: { BL32: '\${a:p}' }
    products: { fip.bin: fip.bin }
products: { fip.bin: '\${b:fip.bin}' }
`
const good = goodRecipe

/** The good recipe with more lines. */
function add(lines: string): string {
  return `${good}${lines}\n`
}

/** The good recipe with one text in place of another that it has. */
function swap(from: string, to: string): string {
  if (!good.includes(from)) throw new Error(`the good recipe has no ${from}`)
  return good.replace(from, to)
}

/** What is wrong, the recipe, and what is said: `line:column: what is wrong; what would be right`. */
export const brokenRecipes: [what: string, text: string, says: string | string[]][] = [
  [
    'empty',
    '',
    '1:1: the recipe is empty; it needs at least title, consoles, bl33, toolchain, components and products, see docs/stacks.md',
  ],
  ['text', 'hello', '1:1: the recipe is text; it would be a map, lines of key: value, see docs/stacks.md'],
  ['list', '- a', '1:1: the recipe is a list; it would be a map, lines of key: value, see docs/stacks.md'],
  [
    'only comment',
    '# a',
    '1:1: the recipe is empty; it needs at least title, consoles, bl33, toolchain, components and products, see docs/stacks.md',
  ],
  ['number', '3', '1:1: the recipe is the number 3; it would be a map, lines of key: value, see docs/stacks.md'],
  [
    'title missing',
    swap('title: t\n', ''),
    '1:1: missing key "title" in the recipe; add title: ..., see docs/stacks.md',
  ],
  ['title number', swap('title: t', 'title: 3'), "1:8: title is the number 3; it would be text, in quotes: '3'"],
  ['title empty', swap('title: t', 'title:'), '1:7: title is empty; it would be text'],
  ['title list', swap('title: t', 'title: [a]'), '1:8: title is a list; it would be text'],
  ['titel', swap('title', 'titel'), '1:1: unknown key "titel" in the recipe; did you mean "title"?'],
  ['consoles list', swap('{ uart0: [EL3, NS] }', '[uart0]'), '2:11: consoles is a list; it would be a map'],
  ['consoles text', swap('{ uart0: [EL3, NS] }', 'uart0'), '2:11: consoles is text; it would be a map'],
  ['consoles empty', swap('{ uart0: [EL3, NS] }', '{}'), '2:11: consoles is an empty map; one entry at least'],
  ['console world', swap('EL3, NS', 'EL3, SEL1'), '2:26: "SEL1" is not right here; did you mean "S-EL1"?'],
  ['console text', swap('[EL3, NS]', 'NS'), '2:20: consoles.uart0 is text; it would be a list'],
  ['console empty', swap('[EL3, NS]', '[]'), '2:20: consoles.uart0 is an empty list; one world at least'],
  ['console name', swap('uart0:', 'uart 0:'), '2:13: "uart 0" is not a name; letters, digits and . _ + -'],
  ['console null', swap('{ uart0: [EL3, NS] }', ''), '2:11: consoles is empty; it would be a map'],
  [
    'bl33 text',
    swap('0x60000000', 'here'),
    '3:7: "here" is no address; a whole number without quotes, e.g. 0x60000000',
  ],
  ['bl33 neg', swap('0x60000000', '-1'), '3:7: -1 is no address; a whole number without quotes, e.g. 0x60000000'],
  ['bl33 float', swap('0x60000000', '1.5'), '3:7: 1.5 is no address; a whole number without quotes, e.g. 0x60000000'],
  [
    'bl33 big',
    swap('0x60000000', '0xffffffffffffffff'),
    '3:7: 18446744073709552000 is no address; a whole number without quotes, e.g. 0x60000000',
  ],
  [
    'bl33 quoted',
    swap('0x60000000', "'0x60000000'"),
    '3:7: "0x60000000" is no address; a whole number without quotes, e.g. 0x60000000',
  ],
  [
    'bl33 missing',
    swap('bl33: 0x60000000\n', ''),
    '1:1: missing key "bl33" in the recipe; add bl33: ..., see docs/stacks.md',
  ],
  [
    'bl33 underscore',
    swap('0x60000000', '0x6000_0000'),
    '3:7: "0x6000_0000" is no address; a whole number without quotes, e.g. 0x60000000',
  ],
  ['boot wrong', add('boot: uefi'), '17:7: "uefi" is not right here; did you mean "efi"?'],
  [
    'boot efi no bl33',
    add('boot: efi'),
    '17:7: boot: efi needs the product "bl33"; BL33 is a product when boot is efi or u-boot, and the kernel itself when it is kernel',
  ],
  ['services wrong', add('services: [tmp]'), '17:12: "tmp" is not right here; did you mean "tpm"?'],
  ['services text', add('services: tpm'), '17:11: services is text; it would be a list'],
  ['tpm no service', add('tpm: { partition: 1 }'), '17:6: there is no TPM to set up; services would have tpm'],
  ['tpm bank', add('services: [tpm]\ntpm: { banks: [sha3] }'), '18:16: "sha3" is not right here; did you mean "sha1"?'],
  [
    'tpm partition',
    add('services: [tpm]\ntpm: { partition: 99999999 }'),
    '18:19: 99999999 is no id of a partition; 1 to 0xffff',
  ],
  ['tpm text', add('services: [tpm]\ntpm: yes'), '18:6: tpm is text; it would be a map'],
  ['needs list', add('needs: [ACPI]'), '17:8: needs is a list; it would be a map'],
  [
    'needs CONFIG_',
    add('needs: { CONFIG_ACPI: y }'),
    '17:10: "CONFIG_ACPI" is not a Kconfig symbol as recipes write it, in capitals and without CONFIG_; did you mean "ACPI"?',
  ],
  [
    'needs lower',
    add('needs: { acpi: y }'),
    '17:10: "acpi" is not a Kconfig symbol as recipes write it, in capitals and without CONFIG_; did you mean "ACPI"?',
  ],
  [
    'needs true',
    add('needs: { ACPI: true }'),
    "17:16: needs.ACPI is the boolean true; it would be text or a number, in quotes: 'true'",
  ],
  ['needs empty', add('needs: { ACPI: [] }'), '17:16: needs.ACPI is an empty list; one entry at least'],
  ['needs null', add('needs: { ACPI: }'), '17:16: needs.ACPI is empty; it would be text or a number'],
  ['toolchain text', swap('[ld]', 'ld'), '4:12: toolchain is text; it would be a list'],
  ['toolchain empty', swap('[ld]', '[]'), '4:12: toolchain is an empty list; one tool at least'],
  [
    'toolchain missing',
    swap('toolchain: [ld]\n', ''),
    '1:1: missing key "toolchain" in the recipe; add toolchain: ..., see docs/stacks.md',
  ],
  ['toolchain blank', swap('[ld]', '[a b]'), '4:13: "a b" is not one word; no blanks here'],
  [
    'components list',
    good.replace(/components:[^]*products: \{ fip.bin: '/, "components: [a]\nproducts: { fip.bin: '"),
    '5:13: components is a list; it would be a map',
  ],
  [
    'components empty',
    good.replace(/components:[^]*products: \{ fip.bin: '/, "components: {}\nproducts: { fip.bin: '"),
    '5:13: components is an empty map; one entry at least',
  ],
  ['component null', swap('  b:\n', '  c:\n  b:\n'), '11:5: components.c is empty; it would be a map'],
  ['component text', swap('  b:\n', '  c: foo\n  b:\n'), '11:6: components.c is text; it would be a map'],
  ['component name', swap('  b:\n', '  b/c:\n'), '11:3: "b/c" is not a name; letters, digits and . _ + -'],
  [
    'version missing',
    swap('    version: 1.0\n', ''),
    '6:3: missing key "version" in components.a; add version: ..., see docs/stacks.md',
  ],
  [
    'version list',
    swap('version: 1.0', 'version: [1]'),
    '7:14: components.a.version is a list; it would be text or a number',
  ],
  [
    'version true',
    swap('version: 1.0', 'version: true'),
    "7:14: components.a.version is the boolean true; it would be text or a number, in quotes: 'true'",
  ],
  [
    'source missing',
    swap('    source: { debian: optee-os, version: 4.10.0-2 }\n', ''),
    '6:3: missing key "source" in components.a; add source: ..., see docs/stacks.md',
  ],
  [
    'source text',
    swap('{ debian: optee-os, version: 4.10.0-2 }', 'https://a'),
    '8:13: components.a.source is text; it would be a map or a list',
  ],
  [
    'source empty',
    swap('{ debian: optee-os, version: 4.10.0-2 }', '{}'),
    '8:13: this location does not say where the source is; add debian, deb, tarball, tree or git',
  ],
  [
    'source []',
    swap('{ debian: optee-os, version: 4.10.0-2 }', '[]'),
    '8:13: components.a.source is an empty list; one entry at least',
  ],
  ['source no version', swap(', version: 4.10.0-2', ''), '8:13: a debian location needs "version"; add version: ...'],
  [
    'source two',
    swap(', version: 4.10.0-2', ', tree: x'),
    '8:13: "debian" and "tree" are two locations in one; write two list entries, tried in order',
  ],
  [
    'source misspelt',
    swap('debian: optee-os', 'debain: optee-os'),
    '8:15: unknown key "debain" in components.a.source; did you mean "debian"?',
  ],
  [
    'source version number',
    swap('4.10.0-2', '4.10'),
    "8:42: components.a.source.version is the number 4.10; it would be text, in quotes: '4.10'",
  ],
  [
    'source tarball path',
    swap("'https://x.org/b.tar.xz'", 'x.tar'),
    '13:24: "x.tar" is not an address; https://..., http://... or file:///...',
  ],
  [
    'source sha',
    swap("tar.xz' }", "tar.xz', sha256: abc }"),
    '13:58: "abc" is not a sha256; 64 hexadecimal digits in lower case, as sha256sum prints them',
  ],
  [
    'git no ref',
    swap('debian: optee-os, version: 4.10.0-2', 'git: x'),
    '8:13: a git location needs "ref"; add ref: ...',
  ],
  [
    'newest of tarball',
    swap("tar.xz' }", "tar.xz', newest: '1.*' }"),
    '13:13: "newest" has no meaning for a tarball location; remove it',
  ],
  [
    'source ref on debian',
    swap('debian: optee-os,', 'debian: optee-os, ref: x,'),
    '8:13: "ref" has no meaning for a debian location; remove it',
  ],
  [
    'debian-patches no debian',
    swap("tar.xz' }", "tar.xz' }\n    debian-patches: true"),
    '14:21: there is no debian location to take patches from; add one, or list the patches under patches',
  ],
  [
    'debian-patches yes',
    swap('    arguments: { O', '    debian-patches: yes\n    arguments: { O'),
    '9:21: components.a.debian-patches is text; it would be true or false',
  ],
  [
    'patches missing file',
    swap('    arguments: { O', '    patches: [x.patch]\n    arguments: { O'),
    '9:15: there is no patch x.patch; it would be in HERE',
  ],
  [
    'patches text',
    swap('    arguments: { O', '    patches: x.patch\n    arguments: { O'),
    '9:14: components.a.patches is text; it would be a list',
  ],
  [
    'files missing',
    swap('    arguments: { O', '    files: { a: x.c }\n    arguments: { O'),
    '9:17: there is no file x.c; it would be in HERE',
  ],
  [
    'files up',
    swap('    arguments: { O', '    files: { ../a: a.dts }\n    arguments: { O'),
    '9:14: "../a" is not a path in the source tree; relative, without . or .. in it',
  ],
  [
    'files list',
    swap('    arguments: { O', '    files: [a]\n    arguments: { O'),
    '9:12: components.a.files is a list; it would be a map',
  ],
  [
    'arguments list',
    swap("arguments: { O: '${out}', D: '${file:a.dts}' }", 'arguments: [A=1]'),
    '9:16: components.a.arguments is a list; it would be a map',
  ],
  ['argument null', swap("O: '${out}'", 'O:'), '9:20: components.a.arguments.O is empty; it would be text or a number'],
  [
    'argument true',
    swap("O: '${out}'", 'O: true'),
    "9:21: components.a.arguments.O is the boolean true; it would be text or a number, in quotes: 'true'",
  ],
  [
    'argument list',
    swap("O: '${out}'", 'O: [a]'),
    '9:21: components.a.arguments.O is a list; it would be text or a number',
  ],
  [
    'argument ref',
    swap('${out}', '${output}'),
    '9:21: ${output} means nothing; it would be ${out}, ${bl33}, ${file:NAME} or ${COMPONENT:PRODUCT}',
  ],
  ['argument file', swap('a.dts', 'b.dts'), '9:34: there is no file b.dts; it would be in HERE'],
  ['argument product', swap('${a:p}', '${a:q}'), '14:24: a has no product "q"; did you mean "p"?'],
  [
    'argument component later',
    swap("'${out}'", "'${b:fip.bin}'"),
    '9:21: no component "b" is built before this; move it after that component',
  ],
  ['argument component', swap('${a:p}', '${aa:p}'), '14:24: no component "aa" is built before this; did you mean "a"?'],
  ['argument unclosed ref', swap('${a:p}', '${a:p'), '14:24: a ${ has no end; add } where the reference ends'],
  ['argument newline', swap("'${out}'", '"a\\nb"'), '9:21: "a b" holds a control character; make takes one line'],
  ['argument NUL', swap("'${out}'", '"a\\0b"'), '9:21: "a b" holds a control character; make takes one line'],
  [
    'argument key blank',
    swap("O: '", "'O X': '"),
    '9:18: "O X" is not a variable of make; one word without = : # and $',
  ],
  [
    'targets text',
    swap('    products: { p', '    targets: all\n    products: { p'),
    '10:14: components.a.targets is text; it would be a list',
  ],
  [
    'products missing',
    swap('    products: { p: out/p.bin }\n', ''),
    '6:3: missing key "products" in components.a; add products: ..., see docs/stacks.md',
  ],
  ['products list', swap('{ p: out/p.bin }', '[p]'), '10:15: components.a.products is a list; it would be a map'],
  ['product null', swap('p: out/p.bin', 'p:'), '10:20: components.a.products.p is empty; it would be text'],
  [
    'product number',
    swap('p: out/p.bin', 'p: 1'),
    "10:20: components.a.products.p is the number 1; it would be text, in quotes: '1'",
  ],
  [
    'product absolute',
    swap('p: out/p.bin', 'p: /etc/passwd'),
    '10:20: "/etc/passwd" is not a path in the output folder; relative, without . or .. in it',
  ],
  [
    'product up',
    swap('p: out/p.bin', 'p: ../../x'),
    '10:20: "../../x" is not a path in the output folder; relative, without . or .. in it',
  ],
  [
    'top products missing',
    swap("products: { fip.bin: '${b:fip.bin}' }\n", ''),
    '1:1: missing key "products" in the recipe; add products: ..., see docs/stacks.md',
  ],
  ['top product plain', swap("'${b:fip.bin}'", 'fip'), '16:22: "fip" is no product; it would be ${COMPONENT:PRODUCT}'],
  [
    'top product unknown',
    swap('${b:fip.bin}', '${b:fpi.bin}'),
    '16:22: b has no product "fpi.bin"; did you mean "fip.bin"?',
  ],
  [
    'top product bl33 with kernel',
    swap("products: { fip.bin: '", "products: { bl33: '${a:p}', fip.bin: '"),
    '1:1: boot: kernel has a product "bl33"; BL33 is a product when boot is efi or u-boot, and the kernel itself when it is kernel',
  ],
  [
    'top products empty',
    swap("{ fip.bin: '${b:fip.bin}' }", '{}'),
    '16:11: products is an empty map; one entry at least',
  ],
  ['unknown key', add('service: [tpm]'), '17:1: unknown key "service" in the recipe; did you mean "services"?'],
  ['__proto__', add('__proto__: 1'), '17:1: nothing can be named __proto__; choose another name'],
  [
    'component __proto__',
    swap('  b:\n', '  __proto__:\n'),
    '11:3: nothing can be named __proto__; choose another name',
  ],
  ['dup', add('title: u'), '17:1: the key title stands twice in this map; merge the two or rename one'],
  [
    'deep',
    add('x: ' + '['.repeat(3000) + ']'.repeat(3000)),
    '17:103: this is nested more than 100 levels deep; no recipe needs that: look for brackets too many',
  ],
  [
    'like missing file',
    'like: nothing.yaml\ntitle: t\ncomponents: {}\n',
    '1:7: there is no stack recipe "nothing.yaml"; looked for nothing.yaml',
  ],
  [
    'like itself',
    'like: x.yaml\ntitle: t\ncomponents: {}\n',
    '1:7: "x.yaml" is itself like another recipe; name one that stands alone',
  ],
  [
    'like no title',
    'like: good.yaml\ncomponents: {}\n',
    '1:1: missing key "title" in the recipe; add title: ..., see docs/stacks.md',
  ],
  [
    'like unknown component',
    'like: good.yaml\ntitle: t\ncomponents: { aa: {} }\n',
    '3:15: good has no component "aa"; did you mean "a"?',
  ],
  ['like list', 'like: [good.yaml]\ntitle: t\ncomponents: {}\n', '1:7: like is a list; it would be text'],
  ['like empty', 'like:\ntitle: t\ncomponents: {}\n', '1:6: like is empty; it would be text'],
  [
    'like patch',
    'like: good.yaml\ntitle: t\ncomponents: { a: { patches: [x.patch] } }\n',
    '3:30: there is no patch x.patch; it would be in HERE',
  ],
  [
    'like arg',
    "like: good.yaml\ntitle: t\ncomponents: { a: { arguments: { O: '${z}' } } }\n",
    '3:33: ${z} means nothing in good; name a product that it has',
  ],
  [
    'like folder',
    'like: .\ntitle: t\ncomponents: {}\n',
    '1:7: the stack recipe "." is a folder; name a stack recipe that is a file',
  ],
  [
    'like only',
    'like: good.yaml\n',
    [
      '1:1: missing key "title" in the recipe; add title: ..., see docs/stacks.md',
      '1:1: missing key "components" in the recipe; add components: ..., see docs/stacks.md',
    ],
  ],
  [
    'like other key',
    'like: good.yaml\ntitle: t\nbl33: 1\ncomponents: {}\n',
    '3:1: unknown key "bl33" in the recipe; it would be one of like, title, components',
  ],
  [
    'fvp empty',
    add('fvp: {}'),
    [
      '17:1: missing key "parameters" in fvp; add parameters: ..., see docs/stacks.md',
      '17:1: missing key "initrd" in fvp; add initrd: ..., see docs/stacks.md',
      '17:1: missing key "device-tree" in fvp; add device-tree: ..., see docs/stacks.md',
    ],
  ],
  ['fvp text', add('fvp: yes'), '17:6: fvp is text; it would be a map'],
  [
    'fvp console',
    add("fvp: { parameters: {}, initrd: 1, device-tree: { from: '${product:fip.bin}', at: 2 } }"),
    '2:20: an FVP has no "uart0"; it would be one of terminal_0, terminal_1, terminal_2, terminal_3',
  ],
]
