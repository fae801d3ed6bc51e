/** How Mantine's components behave here: the heights of the design, and nothing that would write styles into the page. */
import {
  Button,
  createTheme,
  mergeThemeOverrides,
  Menu,
  Modal,
  NativeSelect,
  PasswordInput,
  Select,
  TextInput,
} from "@mantine/core";
import { theme } from "./theme.ts";

/** Locking the scroll writes a style element, which the page's policy forbids. */
const unlocked = { lockScroll: false };

/** The focus goes to the first item: an empty placeholder for it may not stand in a menu. */
const firstItem = { withInitialFocusPlaceholder: false };

export const withDefaults = mergeThemeOverrides(
  theme,
  createTheme({
    components: {
      Button: Button.extend({ defaultProps: { size: "sm" } }),
      Menu: Menu.extend({ defaultProps: { ...firstItem, shadow: "md", position: "bottom-start" } }),
      Modal: Modal.extend({ defaultProps: { ...unlocked, size: 480, centered: true, padding: "lg" } }),
      NativeSelect: NativeSelect.extend({ defaultProps: { size: "md" } }),
      PasswordInput: PasswordInput.extend({ defaultProps: { size: "md" } }),
      Select: Select.extend({ defaultProps: { size: "md" } }),
      TextInput: TextInput.extend({ defaultProps: { size: "md" } }),
    },
  }),
);
