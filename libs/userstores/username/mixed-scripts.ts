/** Scripts that are written together in one word; those of East Asia also with Latin letters (UTS #39 §5.2, "highly restrictive"). */
const eastAsian = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u;
const latin = /\p{Script=Latin}/u;
const alphabets = [latin, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u, /\p{Script=Armenian}/u, /\p{Script=Georgian}/u];
const others = [/\p{Script=Hebrew}/u, /\p{Script=Arabic}/u, /\p{Script=Devanagari}/u, /\p{Script=Bengali}/u, /\p{Script=Thai}/u];
const known = [eastAsian, ...alphabets, ...others];
const noScript = /[\p{Script=Common}\p{Script=Inherited}]/u;
const asciiOnly = /^[\0-\x7f]*$/;

/**
 * Whether a name mixes letters of scripts that nobody mixes: `аnna` with a Cyrillic `а` looks like `anna` and is another name. For names that people
 * choose: what an identity provider or an administrator says a person is called, is theirs to say.
 */
export function mixesScripts(name: string): boolean {
  if (asciiOnly.test(name)) return false;
  const letters = Array.from(name.normalize('NFKC')).filter((letter) => !noScript.test(letter));
  const found = known.filter((script) => letters.some((letter) => script.test(letter)));
  const rest = letters.some((letter) => !known.some((script) => script.test(letter)));
  const together = found.length === 2 && found.includes(eastAsian) && found.includes(latin);
  return rest ? found.length > 0 : found.length > 1 && !together;
}
