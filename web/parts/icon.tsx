/** The icons of the console by what they mean. Each meaning has one icon, and an icon alone never carries a fact. */
import IconAbc from "@tabler/icons-react/icons/IconAbc";
import IconAlertCircle from "@tabler/icons-react/icons/IconAlertCircle";
import IconArrowBackUp from "@tabler/icons-react/icons/IconArrowBackUp";
import IconArrowDown from "@tabler/icons-react/icons/IconArrowDown";
import IconArrowUp from "@tabler/icons-react/icons/IconArrowUp";
import IconBuildingCommunity from "@tabler/icons-react/icons/IconBuildingCommunity";
import IconCalendar from "@tabler/icons-react/icons/IconCalendar";
import IconCheck from "@tabler/icons-react/icons/IconCheck";
import IconChevronDown from "@tabler/icons-react/icons/IconChevronDown";
import IconChevronLeft from "@tabler/icons-react/icons/IconChevronLeft";
import IconChevronRight from "@tabler/icons-react/icons/IconChevronRight";
import IconCircleCheck from "@tabler/icons-react/icons/IconCircleCheck";
import IconClock from "@tabler/icons-react/icons/IconClock";
import IconColumns3 from "@tabler/icons-react/icons/IconColumns3";
import IconCopy from "@tabler/icons-react/icons/IconCopy";
import IconCrown from "@tabler/icons-react/icons/IconCrown";
import IconDatabase from "@tabler/icons-react/icons/IconDatabase";
import IconDatabaseImport from "@tabler/icons-react/icons/IconDatabaseImport";
import IconDatabaseX from "@tabler/icons-react/icons/IconDatabaseX";
import IconDownload from "@tabler/icons-react/icons/IconDownload";
import IconEye from "@tabler/icons-react/icons/IconEye";
import IconEyeOff from "@tabler/icons-react/icons/IconEyeOff";
import IconFilter from "@tabler/icons-react/icons/IconFilter";
import IconFingerprint from "@tabler/icons-react/icons/IconFingerprint";
import IconHash from "@tabler/icons-react/icons/IconHash";
import IconHistory from "@tabler/icons-react/icons/IconHistory";
import IconHome from "@tabler/icons-react/icons/IconHome";
import IconHourglass from "@tabler/icons-react/icons/IconHourglass";
import IconInbox from "@tabler/icons-react/icons/IconInbox";
import IconInfoCircle from "@tabler/icons-react/icons/IconInfoCircle";
import IconKey from "@tabler/icons-react/icons/IconKey";
import IconKeyboard from "@tabler/icons-react/icons/IconKeyboard";
import IconLink from "@tabler/icons-react/icons/IconLink";
import IconList from "@tabler/icons-react/icons/IconList";
import IconLoader2 from "@tabler/icons-react/icons/IconLoader2";
import IconLock from "@tabler/icons-react/icons/IconLock";
import IconLogout from "@tabler/icons-react/icons/IconLogout";
import IconMail from "@tabler/icons-react/icons/IconMail";
import IconMenu2 from "@tabler/icons-react/icons/IconMenu2";
import IconMinus from "@tabler/icons-react/icons/IconMinus";
import IconMoon from "@tabler/icons-react/icons/IconMoon";
import IconPackage from "@tabler/icons-react/icons/IconPackage";
import IconPencil from "@tabler/icons-react/icons/IconPencil";
import IconPlayerPause from "@tabler/icons-react/icons/IconPlayerPause";
import IconPlayerPlay from "@tabler/icons-react/icons/IconPlayerPlay";
import IconPlugConnected from "@tabler/icons-react/icons/IconPlugConnected";
import IconPlus from "@tabler/icons-react/icons/IconPlus";
import IconRosetteDiscountCheck from "@tabler/icons-react/icons/IconRosetteDiscountCheck";
import IconSearch from "@tabler/icons-react/icons/IconSearch";
import IconSelector from "@tabler/icons-react/icons/IconSelector";
import IconSettings from "@tabler/icons-react/icons/IconSettings";
import IconShieldLock from "@tabler/icons-react/icons/IconShieldLock";
import IconSitemap from "@tabler/icons-react/icons/IconSitemap";
import IconSun from "@tabler/icons-react/icons/IconSun";
import IconTable from "@tabler/icons-react/icons/IconTable";
import IconTag from "@tabler/icons-react/icons/IconTag";
import IconTerminal2 from "@tabler/icons-react/icons/IconTerminal2";
import IconToggleLeft from "@tabler/icons-react/icons/IconToggleLeft";
import IconUser from "@tabler/icons-react/icons/IconUser";
import IconUsers from "@tabler/icons-react/icons/IconUsers";
import IconUsersGroup from "@tabler/icons-react/icons/IconUsersGroup";
import IconX from "@tabler/icons-react/icons/IconX";
import IconChartBar from "@tabler/icons-react/icons/IconChartBar";
import IconPin from "@tabler/icons-react/icons/IconPin";
import IconDeviceFloppy from "@tabler/icons-react/icons/IconDeviceFloppy";
import IconTrash from "@tabler/icons-react/icons/IconTrash";
import IconRefresh from "@tabler/icons-react/icons/IconRefresh";
import IconLayoutDashboard from "@tabler/icons-react/icons/IconLayoutDashboard";
import IconCompass from "@tabler/icons-react/icons/IconCompass";
import IconArrowLeft from "@tabler/icons-react/icons/IconArrowLeft";
import IconArrowRight from "@tabler/icons-react/icons/IconArrowRight";
import IconBinaryTree2 from "@tabler/icons-react/icons/IconBinaryTree2";
import IconFolder from "@tabler/icons-react/icons/IconFolder";
import IconBell from "@tabler/icons-react/icons/IconBell";
import IconTool from "@tabler/icons-react/icons/IconTool";
import IconEqual from "@tabler/icons-react/icons/IconEqual";
import type { ReactNode } from "react";

export type IconName = keyof typeof icons;

interface IconProps {
  readonly name: IconName;
  readonly size?: 14 | 16 | 18 | 22 | 24;
}

export function Icon({ name, size = 18 }: IconProps): ReactNode {
  const Drawn = icons[name];
  return <Drawn className="icon" size={size} stroke={size === 14 ? 2 : 1.75} aria-hidden="true" />;
}

const icons = {
  home: IconHome,
  table: IconTable,
  sql: IconTerminal2,
  access: IconShieldLock,
  database: IconDatabase,
  sources: IconDatabaseImport,
  failedSource: IconDatabaseX,
  audit: IconHistory,
  sensitive: IconFingerprint,
  masked: IconEyeOff,
  hidden: IconLock,
  select: IconSelector,
  search: IconSearch,
  light: IconSun,
  dark: IconMoon,
  ending: IconHourglass,
  waiting: IconClock,
  check: IconCheck,
  alert: IconAlertCircle,
  next: IconChevronRight,
  down: IconChevronDown,
  copy: IconCopy,
  run: IconPlayerPlay,
  add: IconPlus,
  close: IconX,
  download: IconDownload,
  done: IconCircleCheck,
  menu: IconMenu2,
  leave: IconLogout,
  key: IconKey,
  connect: IconPlugConnected,
  info: IconInfoCircle,
  edit: IconPencil,
  loading: IconLoader2,
  user: IconUser,
  people: IconUsers,
  number: IconHash,
  text: IconAbc,
  date: IconCalendar,
  list: IconList,
  view: IconEye,
  steward: IconCrown,
  minus: IconMinus,
  truth: IconToggleLeft,
  ascending: IconArrowUp,
  descending: IconArrowDown,
  left: IconChevronLeft,
  group: IconUsersGroup,
  column: IconColumns3,
  settings: IconSettings,
  filter: IconFilter,
  certified: IconRosetteDiscountCheck,
  back: IconArrowBackUp,
  pause: IconPlayerPause,
  share: IconInbox,
  outside: IconBuildingCommunity,
  tag: IconTag,
  mail: IconMail,
  tree: IconSitemap,
  chart: IconChartBar,
  pin: IconPin,
  save: IconDeviceFloppy,
  remove: IconTrash,
  refresh: IconRefresh,
  boards: IconLayoutDashboard,
  explore: IconCompass,
  earlier: IconArrowLeft,
  later: IconArrowRight,
  lineage: IconBinaryTree2,
  product: IconPackage,
  link: IconLink,
  keys: IconKeyboard,
  files: IconFolder,
  bell: IconBell,
  upkeep: IconTool,
  same: IconEqual,
};
