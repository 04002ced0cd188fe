package job

// Kill stops an embedded engine as a crash would: it gives no more signs of life and notes nothing, but what runs in
// it goes on unaware.
func Kill(e *Engine) {
	l := e.impl.(*lite)
	close(l.quit)
	<-l.over
	l.quit = nil
}
