import { basename } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { readProgress } from '../../core/record/progress-file.ts'
import { RunFolder } from '../../core/record/run-folder.ts'
import { color } from '../../report/terminal/paint.ts'
import { sectionLine } from '../../report/terminal/section-line.ts'
import { toCheck } from '../result/check-result.ts'
import { type Running, runningLine, Silence } from './life-line.ts'

const lookEveryMs = 1_000
const redAtMost = 5

const fileOf = ({ moduleId }: TestModule): string => basename(moduleId, '.spec.ts')

/**
 * The terminal while a run lasts: a line for each section that ends and for each check that turns red, and a line of life
 * where nothing was said for 25 s. What failed, and why, comes at the end.
 */
export default class LiveReporter implements Reporter {
  readonly #silence = new Silence(Date.now())
  #running: Running | undefined
  #section: TestModule | undefined
  #redOfSection = 0
  #timer: NodeJS.Timeout | undefined

  #say(line: string): void {
    console.log(line)
    this.#silence.broken(Date.now())
  }

  #begin(what: string): void {
    this.#running = { what, since: Date.now() }
  }

  // Where a bar is drawn, the progress of the steps is on the screen already.
  #progress(): { readonly text?: string; readonly isShown: boolean } {
    const context = this.#section?.project.getProvidedContext().run
    const progress = context === undefined ? undefined : readProgress(new RunFolder(context.runDir))
    if (progress === undefined) return { isShown: false }
    return { text: progress.text, isShown: context?.isBarDrawn === true }
  }

  #look(): void {
    const now = Date.now()
    if (this.#running === undefined || !this.#silence.isTooLong(now)) return
    const { text, isShown } = this.#progress()
    if (!isShown) this.#say(runningLine(this.#running, now, text))
  }

  onTestRunStart(): void {
    this.#begin('the set-up of the run')
    this.#silence.broken(Date.now())
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref()
  }

  onTestModuleQueued(module: TestModule): void {
    this.#section = module
    this.#redOfSection = 0
    this.#begin(`the set-up of ${fileOf(module)}`)
  }

  onTestCaseReady(test: TestCase): void {
    this.#begin(test.meta().check?.id ?? test.fullName)
  }

  onTestCaseResult(test: TestCase): void {
    if (test.result().state !== 'failed') return
    this.#redOfSection += 1
    // A section that is red all over would fill the screen; its own line has the count.
    if (this.#redOfSection > redAtMost) return
    const { id, failure } = toCheck(test)
    this.#say(`  ${color('red', 'red')}  ${id}  ${failure?.code ?? ''}`.trimEnd())
  }

  onTestModuleEnd(module: TestModule): void {
    const checks = [...module.children.allTests()].map(toCheck)
    this.#say(
      sectionLine({
        name: checks[0]?.section ?? fileOf(module),
        checks,
        durationMs: module.diagnostic().duration,
        isBroken: module.errors().length > 0,
      }),
    )
    this.#begin(`what follows ${fileOf(module)}`)
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer)
    this.#running = undefined
  }

  onWatcherStart(): void {
    console.log('  waiting for a file to be saved; q and Enter end it')
  }
}
