#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { basename, extname } from 'node:path'
import { runJob } from '../job.mjs'

runJob(({ data, dataType, config }) => {
  const blocklists = (config.blocklists ?? []).map(readList)
  const allowlists = (config.allowlists ?? []).map(readList)
  if (blocklists.length + allowlists.length === 0)
    throw new Error('No list is set: config.blocklists or config.allowlists')
  const candidates = candidatesOf(dataType, data)
  const hits = lists =>
    lists.flatMap(list => {
      const entry = hitOf(list, candidates)
      return entry === undefined ? [] : [{ list: list.name, entry }]
    })
  const blocked = hits(blocklists)
  const allowed = hits(allowlists)
  const taxonomies = [
    ...blocked.map(hit => taxonomy('malicious', 'Blocklist', hit.list)),
    ...allowed.map(hit => taxonomy('safe', 'Allowlist', hit.list)),
  ]
  return {
    taxonomies: taxonomies.length > 0 ? taxonomies : [taxonomy('info', 'Lists', 'no hit')],
    full: {
      blocked,
      allowed,
      lists: [...blocklists, ...allowlists].map(({ name, size }) => ({ name, entries: size })),
    },
  }
})

function taxonomy(level, predicate, value) {
  return { level, namespace: 'Vigia', predicate, value }
}

/** A missing list is a failure, never "no hit". */
function readList(path) {
  const lines = readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .map(line => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(line => line !== '')
  const exact = new Set()
  const networks = new BlockList()
  const subnets = []
  for (const line of lines) {
    const [address = '', bits, ...more] = line.split('/')
    const family = isIP(address)
    if (
      family !== 0 &&
      more.length === 0 &&
      /^\d{1,3}$/.test(bits ?? '') &&
      Number(bits) <= (family === 4 ? 32 : 128)
    ) {
      networks.addSubnet(address, Number(bits), `ipv${family}`)
      subnets.push(line)
    } else exact.add(plain(line))
  }
  return { name: basename(path, extname(path)), size: lines.length, exact, networks, subnets }
}

function hitOf(list, { values, hosts }) {
  const found = [...values, ...hosts].find(value => list.exact.has(value))
  if (found !== undefined) return found
  for (const host of hosts) {
    const family = isIP(host)
    if (family === 0) {
      const parent = parentsOf(host).find(name => list.exact.has(name))
      if (parent !== undefined) return parent
    } else if (list.networks.check(host, `ipv${family}`)) {
      return list.subnets.find(subnet => contains(subnet, host, family))
    }
  }
  return undefined
}

function contains(subnet, address, family) {
  const [base, bits] = subnet.split('/')
  if (isIP(base) !== family) return false
  const one = new BlockList()
  one.addSubnet(base, Number(bits), `ipv${family}`)
  return one.check(address, `ipv${family}`)
}

/** The value itself, and the host in it, which is also found by its network or by a parent domain. */
function candidatesOf(dataType, data) {
  const value = plain(data)
  if (dataType === 'url') return { values: [data.trim(), value], hosts: hostOf(data) }
  if (dataType === 'mail') return { values: [value], hosts: [value.slice(value.lastIndexOf('@') + 1)] }
  if (dataType === 'ip' || dataType === 'domain' || dataType === 'fqdn' || dataType === 'hostname') {
    return { values: [value], hosts: [value] }
  }
  return { values: [value], hosts: [] }
}

function hostOf(url) {
  if (!URL.canParse(url)) return []
  const { hostname } = new URL(url)
  return hostname === '' ? [] : [hostname.replace(/^\[|\]$/g, '').toLowerCase()]
}

function parentsOf(host) {
  const labels = host.split('.')
  return labels.slice(1, -1).map((_, at) => labels.slice(at + 1).join('.'))
}

function plain(value) {
  return value.trim().toLowerCase().replace(/\.$/, '')
}
