/**
 * The look of the console as numbers and colours, for Mantine and for our own style sheets. The values are those of the
 * design: a colour that is not here is not used anywhere.
 */
import { createTheme, type ConvertCSSVariablesInput } from "@mantine/core";

const rem = (pixels: number): string => `${pixels / 16}rem`;

export const theme = createTheme({
  primaryColor: "sluice",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: false,
  respectReducedMotion: true,
  fontFamily: '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, Menlo, Consolas, monospace',
  fontSizes: { xs: rem(12.5), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(19) },
  lineHeights: { xs: "1.44", sm: "1.45", md: "1.43", lg: "1.4", xl: "1.4" },
  headings: {
    fontWeight: "620",
    sizes: {
      h1: { fontSize: rem(22), lineHeight: "28px" },
      h2: { fontSize: rem(15), lineHeight: "22px" },
      h3: { fontSize: rem(13), lineHeight: "20px" },
    },
  },
  spacing: { xs: rem(4), sm: rem(8), md: rem(12), lg: rem(20), xl: rem(28) },
  radius: { xs: rem(4), sm: rem(6), md: rem(8), lg: rem(10), xl: rem(12) },
  defaultRadius: "sm",
  breakpoints: { xs: "24.375em", sm: "45em", md: "60em", lg: "73.75em", xl: "88.75em" },
  colors: {
    sluice: [
      "#eef9fa",
      "#d8f1f3",
      "#b3e2e5",
      "#8dced3",
      "#69bac0",
      "#47a2a9",
      "#0f7a80",
      "#0b737a",
      "#075e64",
      "#07494d",
    ],
    dark: [
      "#e7eded",
      "#b3bfc2",
      "#93a1a5",
      "#6d7a7f",
      "#283033",
      "#20282b",
      "#1b2225",
      "#14191b",
      "#101517",
      "#0d1213",
    ],
  },
});

/** Each token in light and in dark. Our style sheets use them as `var(--name)`. */
const tokens = {
  canvas: ["#f3f5f5", "#0d1213"],
  surface: ["#ffffff", "#14191b"],
  sunken: ["#f7f9f9", "#101517"],
  raised: ["#ffffff", "#1b2225"],
  hover: ["#eef2f2", "#1d2427"],
  current: ["#e2e8e8", "#1e2629"],
  line: ["#e1e6e7", "#283033"],
  "line-faint": ["#edf0f1", "#20272a"],
  "line-button": ["#c8d0d2", "#3b464a"],
  control: ["#7f8c91", "#6d7a7f"],
  text: ["#152023", "#e7eded"],
  text2: ["#465458", "#b3bfc2"],
  dim: ["#5f6d72", "#93a1a5"],
  brand: ["#0a6a71", "#5cc8c6"],
  "brand-bg": ["#e3f2f2", "#12292b"],
  "brand-line": ["#b5dadb", "#1f4a4d"],
  fill: ["#0b737a", "#0f7a80"],
  "fill-hover": ["#095f65", "#127f86"],
  "on-fill": ["#ffffff", "#ffffff"],
  ok: ["#1c6b41", "#6cc793"],
  "ok-bg": ["#e4f3ea", "#16281e"],
  warn: ["#8a5200", "#e3aa4e"],
  "warn-bg": ["#fbf0da", "#2b2211"],
  "warn-line": ["#efd9a8", "#4a3a18"],
  bad: ["#ad2e24", "#f0857a"],
  "bad-bg": ["#fbe9e6", "#331a18"],
  "bad-line": ["#f0c6c0", "#5a2a26"],
  "bad-fill": ["#b3342a", "#a9372d"],
  info: ["#2c5fa8", "#86b4ee"],
  "info-bg": ["#e7eff9", "#172436"],
  pii: ["#7b3a8f", "#d09be0"],
  "pii-bg": ["#f5eaf8", "#2a1c30"],
  "pii-line": ["#dfc3e7", "#4c3157"],
  neutral: ["#edf1f1", "#20282b"],
  keyword: ["#7b3a8f", "#d09be0"],
  string: ["#1c6b41", "#8bcf9f"],
  number: ["#8a5200", "#e3aa4e"],
  function: ["#2c5fa8", "#86b4ee"],
  art: ["#e6f0ef", "#0e1718"],
  gate: ["#0b737a", "#1c8f94"],
  c1: ["#217481", "#4ab4c1"],
  c2: ["#c28832", "#fdcb63"],
  c3: ["#2c1f8b", "#6d6ddc"],
  c4: ["#3b97d8", "#b1e7fe"],
  c5: ["#721a39", "#aa486d"],
  c6: ["#72630e", "#9b9a1c"],
  "strip-loaded": ["#3f989c", "#2f8c90"],
  "strip-unchanged": ["#a7b4b7", "#4d5a5e"],
  "strip-failed": ["#c4473c", "#d8675b"],
  shadow: ["0 1px 2px #1520230a", "0 1px 2px #0006"],
  pop: ["0 8px 28px #1520232b", "0 10px 30px #000a"],
} as const;

function inScheme(place: 0 | 1): Record<string, string> {
  return Object.fromEntries(Object.entries(tokens).map(([name, pair]) => [`--${name}`, pair[place]]));
}

/** Mantine's own dimmed and placeholder texts have too little contrast in light. */
export function schemeVariables(): ConvertCSSVariablesInput {
  return {
    variables: {},
    light: {
      ...inScheme(0),
      "--mantine-color-text": "#152023",
      "--mantine-color-dimmed": "#5f6d72",
      "--mantine-color-placeholder": "#5f6d72",
      "--mantine-color-anchor": "#0a6a71",
      "--mantine-color-error": "#ad2e24",
      "--mantine-color-default-border": "#c8d0d2",
    },
    dark: {
      ...inScheme(1),
      "--mantine-color-placeholder": "#93a1a5",
      "--mantine-color-anchor": "#5cc8c6",
      "--mantine-color-error": "#f0857a",
      "--mantine-color-default-border": "#3b464a",
    },
  };
}
