/** Everyday words of a request in other languages, as English. A few hundred cover short prompts; the rest is asked back. */
const tables: readonly string[] = [
  // Spanish
  'agrega:add agregar:add añade:add añadir:add anade:add crea:create crear:create envia:send envía:send enviar:send envíame:send-me enviame:send-me publica:post publicar:post notifica:notify notificar:notify avisa:notify avísame:notify-me avisame:notify-me guarda:save guardar:save sincroniza:sync sincronizar:sync actualiza:update actualizar:update mueve:move muestra:show mostrar:show cuando:when cada-vez-que:whenever nuevo:new nueva:new nuevos:new nuevas:new calendario:calendar correo:email correos:emails tarea:task tareas:tasks notas:notes nota:note hoja-de-cálculo:spreadsheet hoja-de-calculo:spreadsheet hoja:sheet fila:row mensaje:message mensajes:messages canal:channel pedido:order pedidos:orders cliente:customer clientes:customers factura:invoice facturas:invoices archivo:file archivos:files las:the los:the el:the mi:my mis:my un:a una:a desde:from hacia:to en:in de:of del:of-the al:to-the con:with por:by para:for todos-los-días:every-day todos-los-dias:every-day cada-día:every-day cada-dia:every-day diario:daily diariamente:daily semanal:weekly cada-lunes:every-monday se:is creado:created crea-un:create-a llega:arrives llegue:arrives llegan:arrive recibo:i-receive reciba:receive',
  // Portuguese
  'adicionar:add adicione:add criar:create crie:create enviar:send envie:send quando:when novo:new nova:new novos:new novas:new tarefa:task tarefas:tasks planilha:spreadsheet e-mail:email mensagem:message diariamente:daily todos-os-dias:every-day salvar:save salve:save meu:my minha:my uma:a um:a',
  // French
  'ajoute:add ajouter:add crée:create créer:create envoie:send envoyer:send envoie-moi:send-me quand:when lorsque:when nouveau:new nouvelle:new nouveaux:new tâche:task tâches:tasks courriel:email calendrier:calendar feuille-de-calcul:spreadsheet tableur:spreadsheet publie:post publier:post tous-les-jours:every-day chaque-jour:every-day chaque:every mon:my ma:my mes:my dans:in vers:to les:the le:the la:the une:a un:a enregistre:save enregistrer:save commande:order commandes:orders facture:invoice factures:invoices fichier:file fichiers:files est:is créé:created créée:created',
  // German
  'hinzufügen:add füge:add erstelle:create erstellen:create sende:send senden:send schicke:send schick:send poste:post wenn:when sobald:as-soon-as neue:new neuer:new neues:new neuen:new aufgabe:task aufgaben:tasks kalender:calendar tabelle:spreadsheet nachricht:message jeden-tag:every-day täglich:daily wöchentlich:weekly jeden-morgen:every-morning jeden-montag:every-monday speichere:save speichern:save mir:me eine:a einen:a ein:a der:the das:the den:the dem:the meinen:my meine:my meinem:my wird:is kunde:customer kunden:customers bestellung:order bestellungen:orders rechnung:invoice rechnungen:invoices datei:file dateien:files nach:to bei:on und:and erstellt:created benachrichtige:notify',
]

const phrases = new Map<string, string>()
for (const table of tables) {
  for (const pair of table.split(' ')) {
    const at = pair.indexOf(':')
    phrases.set(pair.slice(0, at).replaceAll('-', ' '), pair.slice(at + 1).replaceAll('-', ' '))
  }
}

/** Words that only those languages have: seeing one makes a prompt foreign, so that English is never rewritten. */
const telling = new Set(
  'agrega agregar añade añadir crea envía envia enviar envíame avísame cuando nuevo nueva calendario correo tarea tareas guarda sincroniza mensaje adicionar adicione criar envie quando tarefa planilha mensagem ajoute ajouter envoie envoyer lorsque quand nouveau nouvelle courriel calendrier enregistre publie hinzufügen erstelle erstellen sende schicke wenn sobald neue neuer neues aufgabe kalender nachricht jeden täglich wöchentlich speichere benachrichtige'.split(
    ' ',
  ),
)

/** Reads a prompt in Spanish, Portuguese, French or German word by word as English; returns English as it is. */
export function toEnglish(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}-]+/gu) ?? []
  if (!words.some(word => telling.has(word))) return text
  return text.replace(/[\p{L}-]+(?: [\p{L}-]+){0,3}/gu, run => {
    const parts = run.split(' ')
    const out: string[] = []
    for (let i = 0; i < parts.length;) {
      let size = Math.min(4, parts.length - i)
      for (; size > 0; size--) {
        const found = phrases.get(
          parts
            .slice(i, i + size)
            .join(' ')
            .toLowerCase(),
        )
        if (found === undefined) continue
        out.push(found)
        break
      }
      if (size === 0) out.push(parts[i++] ?? '')
      else i += size
    }
    return out.join(' ')
  })
}
