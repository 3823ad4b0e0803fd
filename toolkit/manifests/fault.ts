/** What is wrong with a file; `file` from the root of the checkout. */
export type Fault = { file: string; line?: number; message: string }
