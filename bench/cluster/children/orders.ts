// Owns how a child process takes orders: as the harness of the tests gives them.

interface Order {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}

/** Carries out what the parent says, and ends with it. */
export function takeOrders(methods: Readonly<Record<string, (...args: never[]) => unknown>>): void {
  process.on('message', ({ id, method, args }: Order) => {
    const tell = (answer: object): void => void process.send?.({ id, ...answer })
    Promise.resolve()
      .then(() => methods[method]?.(...(args as never[])))
      .then(
        (value) => tell({ value }),
        (error) => tell({ code: error.code ?? 'ERROR', message: error.message }),
      )
  })
  process.on('disconnect', () => process.exit())
}
