export function blankApp(name: string): Record<string, string> {
  return {
    'config.jsonc': `{
  "name": ${JSON.stringify(name)}
}
`,
  }
}
