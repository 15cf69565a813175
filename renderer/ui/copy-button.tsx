import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { AppError } from '../../core/errors.ts'
import { Button, IconButton } from './button.tsx'
import { toast } from './toast.tsx'

type Copied = string | (() => Promise<string>)

/**
 * Copies a text; for two seconds it says that it has. `text` may be asked for when it is wanted, and is then nowhere but in the clipboard.
 * `word`: a button with this word instead of an icon alone.
 */
export function CopyButton({ text, what, word, disabled }: { text: Copied; what: string; word?: string; disabled?: boolean }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  async function copy(): Promise<void> {
    try {
      const found = typeof text === 'string' ? text : await text()
      await navigator.clipboard.writeText(found).then(
        () => setCopied(true),
        () => toast.say(sayHow(text)),
      )
    } catch (error) {
      toast.error(AppError.from(error))
    }
  }
  const icon = copied ? <Check className="text-ok-text!" /> : <Copy />
  if (word)
    return (
      <Button size="sm" icon={icon} aria-label={copied ? 'Copied' : `Copy ${what}`} onClick={() => void copy()} disabled={disabled}>
        {copied ? 'Copied' : word}
      </Button>
    )
  return (
    <IconButton label={copied ? 'Copied' : `Copy ${what}`} size="sm" onClick={() => void copy()} disabled={disabled}>
      {icon}
    </IconButton>
  )
}

const sayHow = (text: Copied): string =>
  typeof text === 'string'
    ? 'This browser does not let Plugboard copy. Select the text and copy it yourself.'
    : 'This browser does not let Plugboard copy. Allow it for this page and try again.'
