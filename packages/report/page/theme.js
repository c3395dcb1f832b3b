/** @type {(() => void)[]} */
const listeners = []

/**
 * Colour of the style sheet's variable as it stands now.
 * @param {string} name
 */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/**
 * Calls back after each change between light and dark.
 * @param {() => void} listener
 */
export function onThemeChange(listener) {
  listeners.push(listener)
}

/** The button in the bar, the system's setting until the button was used, and paper, which is always light. */
export function watchTheme() {
  const root = document.documentElement
  const set = (/** @type {string | undefined} */ theme) => {
    root.dataset.theme = theme
    for (const listener of listeners) listener()
  }
  let chosen = false
  document.getElementById('theme')?.addEventListener('click', () => {
    chosen = true
    set(root.dataset.theme === 'dark' ? 'light' : 'dark')
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
    if (!chosen) set(matches ? 'dark' : 'light')
  })
  let before = root.dataset.theme
  addEventListener('beforeprint', () => {
    before = root.dataset.theme
    set('light')
  })
  addEventListener('afterprint', () => set(before))
}
