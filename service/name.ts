/** The one place that spells the service's name; `./fairlead init` writes it here and wherever it is copied to. */
export const name = 'hello-world'
