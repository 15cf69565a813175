import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'

const bounds = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(400).max(20_000),
  height: z.int().min(300).max(20_000),
})
const windowState = z.object({ bounds, isMaximized: z.boolean() })
export type WindowState = z.infer<typeof windowState>
type Area = { x: number; y: number; width: number; height: number }

const usual: WindowState = { bounds: { width: 1280, height: 820 }, isMaximized: false }
const reachablePixels = 80

/** Where the window was left. A file that is missing or damaged, or a place on a screen that is gone, counts as the usual one. */
export async function readWindowState(file: string, screens: readonly Area[]): Promise<WindowState> {
  const state = parse(await readFile(file, 'utf8').catch(() => ''))
  const { x, y, width, height } = state.bounds
  if (x === undefined || y === undefined || screens.some(screen => isReachable({ x, y, width }, screen))) return state
  return { ...state, bounds: { width, height } }
}

export async function writeWindowState(file: string, state: WindowState): Promise<void> {
  await writeFile(file, `${JSON.stringify(state)}\n`)
}

function parse(text: string): WindowState {
  try {
    return windowState.catch(usual).parse(JSON.parse(text))
  } catch {
    return usual
  }
}

/** Enough of the title bar is on the screen to take hold of it. */
function isReachable({ x, y, width }: { x: number; y: number; width: number }, screen: Area): boolean {
  const visible = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x)
  return visible >= reachablePixels && y >= screen.y && y <= screen.y + screen.height - reachablePixels
}
