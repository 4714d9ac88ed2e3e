import { describe, expect, it } from 'vitest';
import { minifyScript, minifyStyle } from '../../../../services/console/adapters/web-minify.ts';

describe('a script without what only its readers need', () => {
  it.each([
    ['blanks', 'const a = [ 1,  2 ];\n\nreturn a;\n', 'const a=[1,2];return a;'],
    ['comments', '/** Why. */\nlet a; // that\n/* b */ let c;', 'let a;let c;'],
    ['the comma of a last line', 'f({\n  a,\n  b,\n});', 'f({a,b});'],
    ['the semicolon of a last line', 'if (a) {\n  b();\n}\nc();', 'if(a){b()}c();'],
  ])('lacks %s', (_, text, short) => {
    expect(minifyScript(text)).toBe(short);
  });

  it.each([
    ['words apart', 'async function* a() { yield  b; }', 'async function*a(){yield b}'],
    ['signs apart', 'a + +b - -c + d', 'a+ +b- -c+d'],
    ['a text', "f('a  // b', \"c  /* d\", 'it\\'s  so')", "f('a  // b',\"c  /* d\",'it\\'s  so')"],
    ['a template', '`a  ${ f( { b: `c  }` } ) }  // d`', '`a  ${ f( { b: `c  }` } ) }  // d`'],
    ['a pattern', 'a.replace(/[/"] \\/ /g, b)', 'a.replace(/[/"] \\/ /g,b)'],
    ['a pattern after an arrow', "(a) => / '/.test(a)", "(a)=>/ '/.test(a)"],
    ['a quotient', "(a) / b / c + 'd  e'", "(a)/b/c+'d  e'"],
    ['the quotient of an item', "a[0] / 2 + 'b  / c'", "a[0]/2+'b  / c'"],
  ])('keeps %s', (_, text, short) => {
    expect(minifyScript(text)).toBe(short);
  });
});

describe('a style without what only its readers need', () => {
  it('means the same', () => {
    expect(
      minifyStyle(
        "/* Why. */\n.a :hover,\n.b > c {\n  width: calc(1rem + 2px);\n  content: '← ';\n}\n",
      ),
    ).toBe(".a :hover,.b > c{width:calc(1rem + 2px);content:'← '}");
  });
});
