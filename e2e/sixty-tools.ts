type Tool = { id: string; name: string; category: string; summary: string }

const categories = ['Communication', 'Email', 'Files', 'Projects', 'Sales', 'Code', 'Payments', 'Forms', 'Reports', 'Social']

/** A catalogue of sixty: the tools that there are, and copies of them under other names. */
export function sixtyTools<T extends Tool>(tools: T[]): T[] {
  const copies = Array.from({ length: 60 - tools.length }, (_, index) => {
    const number = index + 1
    const model = tools[index % tools.length]
    if (!model) throw new Error('There is no tool to copy.')
    return {
      ...model,
      id: `copy-${number}`,
      name: `Copy ${number}`,
      category: categories[index % categories.length] ?? '',
      summary: `Stands in for tool ${number}.`,
    }
  })
  return [...tools, ...copies]
}
