/** What neither Unicode's decompositions nor its list of confusables say: pairs of characters and what each reads as. */

/** Letters of fancy alphabets and phonetic letters, in the order of `reads`. */
const ALPHABETS: [reads: string, letters: string][] = [
  // Small capitals.
  ["abcdefghijklmnopqrstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ"],
  // Letters turned over, as upside-down text has them.
  ["aaceeghijkmrtvwy", "ɐɒɔǝəᵷɥᴉɾʞɯɹʇʌʍʎ"],
  ["ABCDEFHJKLMNPQRSTUVWXZ", "ᗩᗷᑕᗪᗴᖴᕼᒍᏦᒪᗰᑎᑭᑫᖇᔕᎢᑌᐯᗯ᙭ᘔ"],
  // Phonetic and other Latin letters that look like one of the alphabet.
  ["eegeiossdhjxlmfueEEElljJo55oOE", "ɛɜɡɘɨɷʃʅɗɧʝᶍɬɱƒʊєЄƐƎӀӏյՅςƼƽϭϬꞫ"],
  // Small letters that look like their capitals do, so that a word means the same in either case.
  ["bhkmtzbet", "внкмтζβετ"],
];

/** Pairs of a character and what it reads as. */
const CHARACTERS: [characters: string, reads: string][] = [
  ["´ʹʻʼʽʾʿˈˊˋ՚՝׳‘’‚‛′‵‹›❛❜", "'"],
  ["“”„‟″‶«»〝〞〟❝❞״ʺˮ˝", '"'],
  ["·•∙⋅‧・●◦⸱⸳ᐧ", "."],
  ["⸺⸻−⁃˗➖", "-"],
  ["⁓∼〜∿", "~"],
  ["∣⎮│┃❘❙❚￨▏", "|"],
  ["⁄∕⟋⧸╱", "/"],
  ["∖⟍⧵⧹╲", "\\"],
  ["∗⁎✱✲✳★☆", "*"],
  ["∶ː꞉։׃", ":"],
  ["⹀゠꞊", "="],
  ["➕", "+"],
  ["❨〔❲⦅", "("],
  ["❩〕❳⦆", ")"],
  ["。", "."],
  ["،、", ","],
  ["\u0085\u2028\u2029", "\n"],
  ["\u2800\u1680", " "],
  ["×✕✖⨯╳", "x"],
  ["ß", "ss"],
  ["ẞ", "SS"],
  // Letters after a word would hide where it ends.
  ["™℠", ""],
  // NFKD has them as marks after a space, which would cut a word in two.
  ["¨¯¸˘˙˚˛˜΄᾽᾿῀῾", ""],
];

/** Runs of characters that stand for a run of ASCII characters. */
const RUNS: [first: number, reads: string, length: number][] = [
  [0x249c, "a", 26],
  [0x1f110, "A", 26],
  [0x1f150, "A", 26],
  [0x1f170, "A", 26],
  [0x1f1e6, "A", 26],
  [0x2776, "1", 9],
  [0x2780, "1", 9],
  [0x278a, "1", 9],
  [0x24f5, "1", 9],
  [0x24ff, "0", 1],
  [0x2474, "1", 9],
];

/** Letters that the list of confusables takes for a digit or for several letters, and which read as themselves. */
export const STAY = new Set("ЗзБбҘҙӠӡЫыЮюґѸѹ");

export function byHand(): Map<string, string> {
  const all = new Map<string, string>();
  for (const [reads, letters] of ALPHABETS) [...letters].forEach((letter, i) => all.set(letter, reads[i]!));
  for (const [characters, reads] of CHARACTERS) for (const character of characters) all.set(character, reads);
  for (const [first, reads, length] of RUNS) {
    for (let i = 0; i < length; i++) {
      all.set(String.fromCodePoint(first + i), String.fromCharCode(reads.charCodeAt(0) + i));
    }
  }
  return all;
}
