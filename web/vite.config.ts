/**
 * How the console is built: hashed files that the HTTP door serves under /assets, each also compressed, and a style
 * sheet with the variables of the theme, because the page's policy lets no script write styles into it.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import {
  convertCssVariables,
  defaultCssVariablesResolver,
  DEFAULT_THEME,
  mergeMantineTheme,
  type ConvertCSSVariablesInput,
} from "@mantine/core";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { schemeVariables, theme } from "./theme.ts";

const themeSheet = "virtual:theme-variables.css";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), themeVariables(), schemeScript(), compressed()],
  build: {
    target: "es2023",
    outDir: "../.cache/console",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
  },
  logLevel: "error",
});

/** The variables that MantineProvider would otherwise write into the page. */
function themeVariables(): Plugin {
  const resolved = `\0${themeSheet}`;
  return {
    name: "theme-variables",
    resolveId: (id) => (id === themeSheet ? resolved : undefined),
    load: (id) => (id === resolved ? sheetOfTheme() : undefined),
  };
}

function sheetOfTheme(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const [base, ours] = [defaultCssVariablesResolver(merged), schemeVariables()];
  const all: ConvertCSSVariablesInput = {
    variables: { ...base.variables, ...ours.variables },
    light: { ...base.light, ...ours.light },
    dark: { ...base.dark, ...ours.dark },
  };
  return convertCssVariables(all, ":root");
}

/** Puts the script of the colour scheme before everything else, as a file with a hash in its name. */
function schemeScript(): Plugin {
  let reference = "";
  return {
    name: "scheme-script",
    buildStart() {
      const source = readFileSync(join(import.meta.dirname, "scheme.js"), "utf8");
      if (this.meta.watchMode !== true) reference = this.emitFile({ type: "asset", name: "scheme.js", source });
    },
    transformIndexHtml: {
      order: "post",
      handler: (_html, context) => {
        const file = Object.keys(context.bundle ?? {}).find((name) => name.includes("scheme-"));
        return reference === "" || file === undefined
          ? []
          : [{ tag: "script", attrs: { src: `/${file}` }, injectTo: "head-prepend" }];
      },
    },
  };
}

/** Writes each text twice more, so that the server compresses nothing while somebody waits. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle({ dir = "" }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" }).filter(isText)) {
        const text = readFileSync(join(dir, name));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(text, { level: 9 }));
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(text, { params }));
      }
    },
  };
}

function isText(name: string): boolean {
  return /\.(js|css|html|svg)$/.test(name);
}
