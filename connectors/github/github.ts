import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { action, connector, type Account, type Call, type Choice } from '../../core/connector.ts'
import { field, limit } from '../field.ts'
import { textFromBase64 } from '../base64.ts'
import { github } from '../providers/github.ts'
import { octokit } from './client.ts'
import { explainGitHub } from './errors.ts'
import { githubLimits } from './limits.ts'

const repository = field('repository', { title: 'Repository', description: 'As owner/name.' })
const number = z.number().int().min(1).meta({ title: 'Number', description: 'The issue’s number.' })
const labels = z.array(z.string().min(1)).meta({ title: 'Labels', description: 'Names of labels.' })
const assignees = z.array(z.string().min(1)).meta({ title: 'Assigned to', description: 'GitHub user names.' })
const body = z.string().max(65_536).meta({ title: 'Text', description: 'Markdown.', multiline: true })
const issue = z.object({
  number: z.number().int(),
  title: z.string(),
  state: z.string(),
  body: z.string(),
  labels: z.array(z.string()),
  assignees: z.array(z.string()),
  author: z.string(),
  comments: z.number().int(),
  createdAt: z.string(),
  link: z.string(),
})

/** owner/name, or the address of the repository's page. */
function split(value: string): { owner: string; repo: string } {
  const [, owner, repo] = /^(?:https:\/\/github\.com\/)?([\w.-]+)\/([\w.-]+?)(?:\.git|\/.*)?$/.exec(value.trim()) ?? []
  if (!owner || !repo) throw new AppError('validation', `“${value.slice(0, 80)}” is not a repository. Write it as owner/name.`)
  return { owner, repo }
}

type IssueAnswer = {
  number: number
  title: string
  state: string
  body?: string | null
  labels: (string | { name?: string })[]
  assignees?: { login: string }[] | null
  user: { login: string } | null
  comments: number
  created_at: string
  html_url: string
}

const read = (answer: IssueAnswer): z.infer<typeof issue> => ({
  number: answer.number,
  title: answer.title,
  state: answer.state,
  body: answer.body ?? '',
  labels: answer.labels.map(label => (typeof label === 'string' ? label : (label.name ?? ''))),
  assignees: (answer.assignees ?? []).map(({ login }) => login),
  author: answer.user?.login ?? '',
  comments: answer.comments,
  createdAt: answer.created_at,
  link: answer.html_url,
})

async function repositories(call: Call, most: number) {
  const { data } = await (await octokit(call)).repos.listForAuthenticatedUser({ per_page: most, sort: 'updated' })
  return data.map(each => ({
    name: each.full_name,
    description: each.description ?? '',
    private: each.private,
    openIssues: each.open_issues_count,
    link: each.html_url,
  }))
}

async function repositoryChoices(call: Call, query: string): Promise<Choice[]> {
  const wanted = query.toLowerCase()
  return (await repositories(call, 100))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .map(({ name }) => ({ value: name, label: name }))
}

/** Labels of one repository: the query is `owner/name`, or `owner/name` and the beginning of a label. */
async function labelChoices(call: Call, query: string): Promise<Choice[]> {
  const [place = '', ...rest] = query.trim().split(/\s+/)
  if (!place.includes('/')) return []
  const { data } = await (await octokit(call)).issues.listLabelsForRepo({ ...split(place), per_page: 100 })
  const wanted = rest.join(' ').toLowerCase()
  return data.filter(({ name }) => name.toLowerCase().startsWith(wanted)).map(({ name }) => ({ value: name, label: name }))
}

async function identity(call: Call): Promise<Account> {
  const { data } = await (await octokit(call)).users.getAuthenticated()
  return { id: String(data.id), label: data.login, avatarUrl: data.avatar_url }
}

export default connector({
  id: 'github',
  name: 'GitHub',
  provider: github,
  category: 'Development',
  summary: 'Open, read and update issues; read files of your repositories.',
  icon: 'logos:github-icon',
  scopes: {
    'read:user': 'See your name and profile',
    // GitHub's OAuth apps have no narrower right that reaches private repositories.
    repo: 'Read and change your repositories, public and private, with their issues',
  },
  identityScopes: ['read:user'],
  identity,
  fields: { repository: repositoryChoices, label: labelChoices },
  actions: {
    createIssue: action({
      title: 'Open an issue',
      does: 'Opens an issue in a repository. Each call opens another one.',
      effect: 'write',
      idempotent: false,
      scopes: ['repo'],
      input: z.object({
        repository,
        title: z.string().trim().min(1).max(256).meta({ title: 'Title' }),
        body: body.optional(),
        labels: labels.optional(),
        assignees: assignees.optional(),
      }),
      output: issue,
      async run(call, { repository: place, ...input }) {
        return read((await (await octokit(call)).issues.create({ ...split(place), ...input })).data)
      },
    }),
    updateIssue: action({
      title: 'Change an issue',
      does: 'Changes what is given of an issue, such as closing it. Calling twice changes nothing more.',
      effect: 'write',
      idempotent: true,
      destructive: true,
      scopes: ['repo'],
      input: z.object({
        repository,
        number,
        state: z.enum(['open', 'closed']).optional().meta({ title: 'State' }),
        title: z.string().trim().min(1).max(256).optional().meta({ title: 'Title' }),
        body: body.optional(),
        labels: labels.optional(),
        assignees: assignees.optional(),
      }),
      output: issue,
      async run(call, { repository: place, number: issueNumber, ...input }) {
        return read((await (await octokit(call)).issues.update({ ...split(place), issue_number: issueNumber, ...input })).data)
      },
    }),
    addComment: action({
      title: 'Comment on an issue',
      does: 'Adds a comment to an issue or pull request. Each call adds another one.',
      effect: 'write',
      idempotent: false,
      scopes: ['repo'],
      input: z.object({ repository, number, body: body.min(1) }),
      output: z.object({ id: z.number().int(), link: z.string() }),
      async run(call, input) {
        const client = await octokit(call)
        const { data } = await client.issues.createComment({ ...split(input.repository), issue_number: input.number, body: input.body })
        return { id: data.id, link: data.html_url }
      },
    }),
    listIssues: action({
      title: 'List issues',
      does: 'Lists the issues of a repository, newest first, without pull requests.',
      effect: 'read',
      idempotent: true,
      scopes: ['repo'],
      input: z.object({
        repository,
        state: z.enum(['open', 'closed', 'all']).default('open').meta({ title: 'State' }),
        labels: labels.default([]),
        limit: limit(100, 30),
      }),
      output: z.array(issue),
      async run(call, input) {
        const { data } = await (
          await octokit(call)
        ).issues.listForRepo({
          ...split(input.repository),
          state: input.state,
          per_page: input.limit,
          ...(input.labels.length > 0 && { labels: input.labels.join(',') }),
        })
        return data.filter(each => !each.pull_request).map(read)
      },
    }),
    getIssue: action({
      title: 'Read an issue',
      does: 'Reads one issue with its comments, oldest first.',
      effect: 'read',
      idempotent: true,
      scopes: ['repo'],
      input: z.object({ repository, number }),
      output: issue.extend({ thread: z.array(z.object({ author: z.string(), body: z.string(), createdAt: z.string() })) }),
      async run(call, input) {
        const client = await octokit(call)
        const at = { ...split(input.repository), issue_number: input.number }
        const [found, comments] = await Promise.all([client.issues.get(at), client.issues.listComments({ ...at, per_page: 100 })])
        const thread = comments.data.map(comment => ({
          author: comment.user?.login ?? '',
          body: comment.body ?? '',
          createdAt: comment.created_at,
        }))
        return { ...read(found.data), thread }
      },
    }),
    listRepositories: action({
      title: 'List repositories',
      does: 'Lists the repositories that you can work in, last changed first.',
      effect: 'read',
      idempotent: true,
      scopes: ['repo'],
      input: z.object({ limit: limit(100, 50) }),
      output: z.array(
        z.object({ name: z.string(), description: z.string(), private: z.boolean(), openIssues: z.number().int(), link: z.string() }),
      ),
      run: (call, input) => repositories(call, input.limit),
    }),
    readFile: action({
      title: 'Read a file',
      does: 'Reads one text file of a repository, up to 1 MB.',
      effect: 'read',
      idempotent: true,
      scopes: ['repo'],
      input: z.object({
        repository,
        path: z.string().trim().min(1).meta({ title: 'Path', description: 'Such as README.md or src/index.ts.' }),
        ref: z.string().optional().meta({ title: 'Branch or commit' }),
      }),
      output: z.object({ path: z.string(), text: z.string(), sizeBytes: z.number().int() }),
      async run(call, { repository: place, ...input }) {
        const { data } = await (await octokit(call)).repos.getContent({ ...split(place), ...input })
        if (Array.isArray(data) || data.type !== 'file' || !('content' in data) || data.encoding !== 'base64')
          throw new AppError('validation', `“${input.path}” is not a text file of up to 1 MB. Choose a file.`)
        return { path: data.path, text: textFromBase64(data.content.replaceAll('\n', '')), sizeBytes: data.size }
      },
    }),
  },
  prompts: [
    'Open a GitHub issue when a ticket is marked as a bug.',
    'Every Monday at 9, email me the open issues of our repository.',
    'Close the GitHub issue when its ticket is done.',
  ],
  limits: githubLimits,
  explain: explainGitHub,
})
