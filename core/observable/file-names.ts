import { isKnownEnd } from './top-level-domains.ts'

/** Programs, scripts, archives, images and documents; what ends in `com` is rather a domain. */
const extensions: ReadonlySet<string> = new Set(
  `exe dll scr sys msi bat cmd ps1 psm1 vbs vbe jse wsf wsh hta lnk jar cpl pif reg sh py pl rb so elf bin zip rar 7z gz tgz bz2
xz tar cab iso img vhd doc docx docm dot dotm xls xlsx xlsm xlsb xll ppt pptx pptm ppsx rtf pdf one odt ods chm apk ipa dmg pkg deb
rpm kdbx`.split(/\s+/),
)
const longestExtension = 4
const longestName = 255
const signs = /^[\w.()+-]+$/

/** Where files lie on Unix; what else begins with a slash is as likely the path of a URL. */
const roots: ReadonlySet<string> = new Set(
  'tmp var usr home opt root etc dev bin sbin mnt media srv run lib lib64 private Users Library Applications Volumes'.split(
    ' ',
  ),
)

/** Whether the end of a path, or a name in quotes, names a file of a kind that matters. */
export function isFileName(name: string, isQuoted: boolean): boolean {
  const dot = name.lastIndexOf('.')
  const end = name.slice(dot + 1)
  if (dot <= 0 || end.length > longestExtension || name.length > longestName) return false
  if (!extensions.has(end.toLowerCase()) || !signs.test(name)) return false
  // `"www.allegro.pl"` is a name of a host.
  return !isQuoted || !isKnownEnd(end.toLowerCase()) || name.indexOf('.') === dot
}

/** `/tmp/x`, but not `/static/x`. */
export function isUnixPath(path: string): boolean {
  const end = path.indexOf('/', 1)
  return path.charCodeAt(0) === 0x2f && end > 1 && roots.has(path.slice(1, end))
}
