package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
)

// builds are those that coderd runs itself, as many at a time as it has daemons.
type builds struct {
	free    chan int
	lock    sync.Mutex
	running map[int]chan os.Signal
	all     sync.WaitGroup
}

func newBuilds(daemons int) *builds {
	found := &builds{free: make(chan int, daemons), running: map[int]chan os.Signal{}}
	for number := range daemons {
		found.free <- number
	}
	return found
}

// ServeHTTP runs one build and answers with how it ended.
func (b *builds) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	seconds, err := strconv.Atoi(request.FormValue("seconds"))
	if err != nil || cap(b.free) == 0 {
		http.Error(writer, "coderd runs no such build", http.StatusBadRequest)
		return
	}
	number := <-b.free
	signals := make(chan os.Signal, 4)
	b.lock.Lock()
	b.running[number] = signals
	b.lock.Unlock()
	b.all.Add(1)
	defer func() {
		b.lock.Lock()
		delete(b.running, number)
		b.lock.Unlock()
		b.free <- number
		b.all.Done()
	}()
	// Coder's own daemons have a cache directory each, below coderd's.
	cache := fmt.Sprintf("%s/provisioner-%d", os.Getenv("CACHE_DIRECTORY"), number)
	if err := os.MkdirAll(cache, 0o700); err != nil {
		http.Error(writer, err.Error(), http.StatusInternalServerError)
		return
	}
	var result string
	run(message{Build: number, Seconds: seconds}, cache, signals, &result)
	fmt.Fprint(writer, result)
}

// stop hands a signal to the running builds and waits for them.
func (b *builds) stop(got os.Signal) {
	b.lock.Lock()
	for _, signals := range b.running {
		signals <- got
	}
	b.lock.Unlock()
	b.all.Wait()
}
