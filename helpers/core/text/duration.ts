/** ms as seconds, with one decimal, however many they are: figures that stand below each other. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** ms as a person reads them: 0.4 s, 42 s, 3 min 20 s, 2 h 5 min. */
export const duration = (ms: number): string => {
  if (ms < 9_950) return seconds(ms)
  const whole = Math.round(ms / 1000)
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes} min ${whole % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
