/** The console from its first line: theme, cache, pages. */
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { cache } from "./api/client.ts";
import "./styles/all.css";
import "virtual:theme-variables.css";
import { withDefaults } from "./mantine-defaults.ts";
import { router } from "./router.tsx";

const root = document.getElementById("root");
if (root === null) throw new TypeError("the page has no root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={withDefaults} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={cache}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
