import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Runs spec files in the order of their names. Vitest's own order comes from a cache of earlier times. */
export class GuideOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => (a.moduleId < b.moduleId ? -1 : 1))
  }
}
