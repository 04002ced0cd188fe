import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ConfigProvider } from 'antd'
import { useMemo, useRef } from 'react'
import { createRoot } from 'react-dom/client'
import { asFault } from './api/fault'
import { session, useSession } from './api/session'
import { whoAmI } from './api/queries'
import { Login } from './app/Login'
import { Password } from './app/Password'
import { makeRouter } from './app/router'
import { Sheet } from './app/Sheet'
import { antdTheme, useTheme } from './app/theme'
import { firstLanguage, ownLanguage, setLanguage, useLang } from './i18n'
import { listen } from './kit/keys'
import { Loading } from './kit/show'
import './styles.css'

const queries = new QueryClient({
  queryCache: new QueryCache(),
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      refetchOnWindowFocus: true,
      // What failed for a reason fails again; only what had no answer is worth another try.
      retry: (n, e) => (asFault(e).offline || asFault(e).status >= 502) && n < 3,
      networkMode: 'always',
    },
  },
})
const router = makeRouter(queries)

function App() {
  const { me, known, expired } = useSession()
  const lang = useLang()
  const who = useRef(me?.user.id)
  if (me && who.current !== me.user.id) {
    if (who.current !== undefined) queries.clear() // nobody sees what another was shown
    who.current = me.user.id
  }
  const dark = useTheme()
  const theme = useMemo(() => antdTheme(dark), [dark])
  return (
    <ConfigProvider theme={theme} button={{ autoInsertSpace: false }} key={lang}>
      <QueryClientProvider client={queries}>
        {!known ? (
          <main className="center">
            <Loading rows={3} />
          </main>
        ) : !me ? (
          <Login />
        ) : me.user.must_change_password ? (
          <main className="login">
            <Password must />
          </main>
        ) : (
          <RouterProvider router={router} />
        )}
        {expired && <Login over />}
        <Sheet />
      </QueryClientProvider>
    </ConfigProvider>
  )
}

listen()
await setLanguage(firstLanguage(), false)
createRoot(document.getElementById('root')!).render(<App />)
whoAmI().then(
  (me) => {
    void ownLanguage(me.user.language)
    session.entered(me)
  },
  () => session.left(),
)
