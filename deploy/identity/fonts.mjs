// Bangla letters, served by us: many computers have none, and a page may load nothing from elsewhere.
import fs from 'node:fs';
import path from 'node:path';

export const FONTS_PATH = '/fonts/';

const FILES = path.join(import.meta.dirname, '..', '..', 'node_modules', '@fontsource', 'noto-sans-bengali', 'files');
const WEIGHTS = [400, 700];
const RANGE = 'U+0951-0952,U+0964-0965,U+0980-09FE,U+200C-200D,U+20B9,U+25CC';
const fonts = new Map(WEIGHTS.map((weight) => [
  `${FONTS_PATH}bengali-${weight}.woff2`,
  fs.readFileSync(path.join(FILES, `noto-sans-bengali-bengali-${weight}-normal.woff2`)),
]));

/** The rules of a style sheet, for pages served below `mount`. */
export function fontFaces(mount) {
  return WEIGHTS.map((weight) => `@font-face{font-family:"Noto Sans Bengali";font-weight:${weight};font-display:swap;`
    + `src:url("${mount}${FONTS_PATH}bengali-${weight}.woff2") format("woff2");unicode-range:${RANGE}}`).join('\n');
}

/** `name` is the path below the mount; undefined where there is no such font. */
export function font(name) {
  return fonts.get(name);
}
