import './model-picker.css'
import { useState } from 'react'

/**
 * The picture of a model that a person made, or the first letter of its name. Decorative: the name stands beside it. The
 * window shows pictures of its own engine and data URIs; from the web it fetches nothing, so those fall to the letter.
 */
export function ModelFace({ name, picture, size = 20 }: { name: string; picture: string; size?: number | undefined }) {
  const [broken, setBroken] = useState<string | null>(null)
  const shown = isShown(picture) && broken !== picture
  const style = { width: size, height: size, fontSize: Math.round(size * 0.55), lineHeight: `${size - 2}px` }
  return shown ? (
    <img className="face" src={picture} alt="" style={style} onError={() => setBroken(picture)} />
  ) : (
    <span className="face" aria-hidden="true" style={style}>
      {initial(name)}
    </span>
  )
}

/** Open WebUI's stock pictures say nothing about the model: the letter says more. */
const STOCK = new Set(['/static/favicon.png', '/favicon.png', '/user.png'])

function isShown(picture: string): boolean {
  return (
    picture.startsWith('data:image/') || (picture.startsWith('/') && !picture.startsWith('//') && !STOCK.has(picture))
  )
}

function initial(name: string): string {
  const letter = /[\p{L}\p{N}]/u.exec(name)?.[0] ?? '?'
  return letter.toUpperCase()
}
