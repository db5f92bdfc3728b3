/** A drawing as a data URL, as large as asked. */
function drawing(width: number, height: number, bars: readonly number[]): string {
  const step = width / bars.length
  const shapes = bars
    .map(
      (bar, index) =>
        `<rect x="${index * step + step * 0.15}" y="${height * (0.9 - bar)}" width="${step * 0.7}" height="${height * bar}" fill="#337344"/>`,
    )
    .join('')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>${shapes}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

export const PICTURE = drawing(1600, 1000, [0.3, 0.55, 0.42, 0.8, 0.66])
export const PORTRAIT = drawing(600, 1200, [0.7, 0.2, 0.5])
