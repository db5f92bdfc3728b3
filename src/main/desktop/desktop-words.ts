/** Every text that the shell shows itself: menu, tray, dialogs. The window has its own, through i18next. */
export interface DesktopWords {
  file: string
  edit: string
  view: string
  window: string
  help: string
  about: string
  newWindow: string
  showWindow: string
  closeWindow: string
  startAtLogin: string
  openDataFolder: string
  chooseDataFolder: string
  restartQuestion: string
  restart: string
  copyAddress: string
  gatewayAt: (address: string) => string
  gatewayStarting: string
  gatewayDown: string
  quit: string
  reload: string
  actualSize: string
  zoomIn: string
  zoomOut: string
  fullScreen: string
  developerTools: string
  undo: string
  redo: string
  cut: string
  copy: string
  paste: string
  selectAll: string
  minimize: string
  openLinkQuestion: string
  openLink: string
  cancel: string
  cannotStart: string
  whatToDo: string
  windowCrashed: string
  windowCrashedDetail: string
  reopen: string
}

const english: DesktopWords = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  help: 'Help',
  about: 'About Switchyard',
  newWindow: 'Open Window',
  showWindow: 'Show Switchyard',
  closeWindow: 'Close Window',
  startAtLogin: 'Start at Login',
  openDataFolder: 'Show Data Folder',
  chooseDataFolder: 'Choose Data Folder…',
  restartQuestion: 'Switchyard uses this folder from its next start. What is in the present folder stays there.',
  restart: 'Restart Now',
  copyAddress: 'Copy Gateway Address',
  gatewayAt: (address) => `Gateway at ${address}`,
  gatewayStarting: 'Starting…',
  gatewayDown: 'The gateway is not listening',
  quit: 'Quit Switchyard',
  reload: 'Reload Window',
  actualSize: 'Actual Size',
  zoomIn: 'Zoom In',
  zoomOut: 'Zoom Out',
  fullScreen: 'Full Screen',
  developerTools: 'Developer Tools',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select All',
  minimize: 'Minimize',
  openLinkQuestion: 'Open this link outside Switchyard?',
  openLink: 'Open Link',
  cancel: 'Cancel',
  cannotStart: 'Switchyard cannot start',
  whatToDo: 'Nothing was deleted or replaced. Data folder:',
  windowCrashed: 'The window keeps failing',
  windowCrashedDetail: 'It failed several times within a minute. Answers that were running go on, and nothing is lost.',
  reopen: 'Open Again',
}

const chinese: DesktopWords = {
  file: '文件',
  edit: '编辑',
  view: '查看',
  window: '窗口',
  help: '帮助',
  about: '关于 Switchyard',
  newWindow: '打开窗口',
  showWindow: '显示 Switchyard',
  closeWindow: '关闭窗口',
  startAtLogin: '登录时启动',
  openDataFolder: '显示数据文件夹',
  chooseDataFolder: '选择数据文件夹…',
  restartQuestion: 'Switchyard 将从下次启动起使用此文件夹。当前文件夹中的内容会保留在原处。',
  restart: '立即重启',
  copyAddress: '复制网关地址',
  gatewayAt: (address) => `网关地址 ${address}`,
  gatewayStarting: '正在启动…',
  gatewayDown: '网关未在监听',
  quit: '退出 Switchyard',
  reload: '重新加载窗口',
  actualSize: '实际大小',
  zoomIn: '放大',
  zoomOut: '缩小',
  fullScreen: '全屏',
  developerTools: '开发者工具',
  undo: '撤销',
  redo: '重做',
  cut: '剪切',
  copy: '复制',
  paste: '粘贴',
  selectAll: '全选',
  minimize: '最小化',
  openLinkQuestion: '要在 Switchyard 之外打开此链接吗？',
  openLink: '打开链接',
  cancel: '取消',
  cannotStart: 'Switchyard 无法启动',
  whatToDo: '没有删除或替换任何内容。数据文件夹：',
  windowCrashed: '窗口反复出错',
  windowCrashedDetail: '一分钟内多次出错。正在生成的回答会继续，不会丢失任何内容。',
  reopen: '重新打开',
}

/** The shell's texts for a language setting; `system` follows the system's locale (a BCP 47 tag). */
export function desktopWords(language: 'system' | 'en' | 'zh', locale: string): DesktopWords {
  const chosen = language === 'system' ? locale.toLowerCase().split('-')[0] : language
  return chosen === 'zh' ? chinese : english
}
