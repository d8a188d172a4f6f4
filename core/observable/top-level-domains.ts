import { isCapital } from './char.ts'

/** The ends of names that free text is searched for; a declared domain is not held to them. */

const countries = `ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz
ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge
gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn
kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf
ng ni nl no np nr nu nz om pa pe pf pg ph pk pm pn pr pt pw qa re ro ru rw sa sb sc sd se sg si sk sl sm sn sr ss st su sv
sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw`

const generic = `aero arpa asia biz cat com coop edu gov info int jobs mil mobi museum name net org post pro tel travel xxx
academy accountant accountants adult agency app art associates auction audio autos baby band bank bar beauty bet bid bike
bingo blog boats bond business buzz cam camera camp capital cards care careers casa casino center cfd chat cheap church city
claims cleaning click clinic cloud club coach codes coffee college community company computer consulting contact cool
country credit creditcard cricket cyou dance data date dating deals delivery dental design dev diamonds digital direct
directory discount doctor domains download earth education email energy engineering enterprises equipment estate events
exchange expert express faith family fans farm finance financial fish fit fitness fun fund fyi gallery games gifts glass
global gold golf graphics group guide guru hair haus health help homes hospital host hosting house icu immo ink institute
insurance insure international investments kim kitchen land lat law lawyer legal lgbt life limited link live llc loan loans
lol lotto love ltd makeup management market marketing markets mba media men miami moe mom monster motorcycles movie network
news ninja observer one online page partners parts party pet photo photography photos pics pink pizza place plus poker porn
press productions properties pub quest racing realty recipes red rehab rent repair report rest restaurant review reviews rip
rocks run sale salon sbs school science security services sex shop shopping site skin social software solar solutions space
store stream studio style supplies supply support surf systems tattoo tax team tech technology tips tires today tokyo tools
top tours town toys trade trading training tube university uno vacations ventures vet video villas vin vip vision vote watch
webcam website wiki win wine work works world wtf xyz yoga zone`

/** Reserved for examples (RFC 2606), names inside a house, and other roots than the DNS's. */
const special = 'example test invalid local internal lan localdomain intranet corp home onion i2p bit'

const international =
  'xn--p1ai xn--80asehdb xn--80aswg xn--d1acj3b xn--90ais xn--j1amh xn--fiqs8s xn--fiqz9s xn--55qx5d'

/** Ends of names that are ends of file names as well. */
const files = 'md pl ps py rs sh so zip mov cab'

const known = new Set([countries, generic, special, international].join(' ').split(/\s+/))
const ambiguous = new Set(files.split(' '))

/** `rule.id` and `kibana.alert.rule.name` are fields of logs, not names of hosts. */
const fieldEnds = new Set(['id', 'name', 'data', 'to', 'at', 'domains', 'security'])
const fieldRoots = new Set(
  `action agent alert client cloud container data destination dest dns dst ecs email event file group host http index input
kibana log manager network node observer orchestrator organization os parent process registry related rule server service signal
source src system target threat tls trace transaction url user user_agent vulnerability win`.split(/\s+/),
)

/** `com.example.app` names a program, from the other end. */
const packageRoots = new Set(['com', 'org', 'net'])

/** Whether names that free text is searched for may end so. */
export function isKnownEnd(label: string): boolean {
  return known.has(label) || ambiguous.has(label)
}

/** The ends of up to six letters as numbers: most words are looked up by these, and no text is cut out for it. */
const numbers: ReadonlySet<number> = new Set(
  [...known, ...ambiguous].filter(end => /^[a-z]{2,6}$/.test(end)).map(end => numberOf(end, 0, end.length)),
)

/** Whether a part of a text, in any case, is such an end. */
export function isKnownEndIn(text: string, start: number, end: number): boolean {
  const length = end - start
  if (length < 2 || length > 24) return false
  return length <= 6 ? numbers.has(numberOf(text, start, end)) : isKnownEnd(text.slice(start, end).toLowerCase())
}

/** Five bits a letter; -1 where anything else is among them. */
function numberOf(text: string, start: number, end: number): number {
  let number = 0
  for (let index = start; index < end; index++) {
    const letter = (text.charCodeAt(index) | 0x20) - 0x60
    if (letter < 1 || letter > 26) return -1
    number = number * 32 + letter
  }
  return number
}

/**
 * What a normalised name found in text is meant as. One that was written defanged is a domain; otherwise `tool.py` and
 * `readme.md` are as likely files (three labels and no code: `www.allegro.pl` is a name), and `done.It` is the end of a
 * sentence.
 */
export function meaningOfName(name: string, written: string, wasDefanged: boolean): 'domain' | 'file' | undefined {
  const last = name.lastIndexOf('.')
  const end = name.slice(last + 1)
  const isAmbiguous = ambiguous.has(end)
  if (!isAmbiguous && !known.has(end)) return undefined
  if (wasDefanged) return 'domain'
  if (isWordOrConstant(written)) return undefined
  const firstDot = name.indexOf('.')
  const hasTwoLabels = firstDot === last
  if (!hasTwoLabels && firstDot === 3 && packageRoots.has(name.slice(0, 3))) return undefined
  if (isAmbiguous) return !hasTwoLabels && /^(?:pl|rs|md)$/.test(end) ? 'domain' : 'file'
  return fieldEnds.has(end) && fieldRoots.has(name.slice(0, firstDot)) ? undefined : 'domain'
}

/** `clicked.Then` is the end of a sentence, `process.env.HOME` a constant; `Evil.COM` is written so by people. */
function isWordOrConstant(written: string): boolean {
  const last = written.lastIndexOf('.') + 1
  if (!isCapital(written.charCodeAt(last))) return false
  const end = written.slice(last)
  return (
    /^[A-Z][a-z]+$/.test(end) || (/^[a-z]/.test(written) && /^[A-Z]{3,}$/.test(end) && !/^(?:COM|NET|ORG)$/.test(end))
  )
}
