import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, IconButton } from './button.tsx'
import { toast } from './toast.tsx'

/** Copies a text; for two seconds it says that it has. `word`: a button with this word instead of an icon alone. */
export function CopyButton({ text, what, word }: { text: string; what: string; word?: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => toast.say(`This browser does not let Plugboard copy. Select the text and copy it yourself.`),
    )
  const icon = copied ? <Check className="text-ok-text!" /> : <Copy />
  if (word)
    return (
      <Button size="sm" icon={icon} aria-label={copied ? 'Copied' : `Copy ${what}`} onClick={copy}>
        {copied ? 'Copied' : word}
      </Button>
    )
  return (
    <IconButton label={copied ? 'Copied' : `Copy ${what}`} size="sm" onClick={copy}>
      {icon}
    </IconButton>
  )
}
