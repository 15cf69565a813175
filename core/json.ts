import { z } from 'zod'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export const json: z.ZodType<Json> = z.json()
export const jsonObject = z.record(z.string(), z.json())
