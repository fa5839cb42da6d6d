// A stand-in for Coder that is strict where Coder is: it runs what the boot files start, refuses what Coder refuses and
// reports what it sees, but manages no workspaces. Rules after coder/coder: cli/server.go, enterprise/cli/provisionerdaemonstart.go.
package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	arguments := os.Args[1:]
	var err error
	switch {
	case len(arguments) == 1 && arguments[0] == "version":
		fmt.Println("Coder stand-in")
	case len(arguments) == 1 && arguments[0] == "server":
		err = server()
	case len(arguments) >= 2 && arguments[0] == "provisioner" && arguments[1] == "start":
		err = daemon(arguments[2:])
	default:
		err = fmt.Errorf("unknown command %q", arguments)
	}
	if err != nil {
		log.Printf("error: %v", err)
		os.Exit(1)
	}
}

// required gives the value of a variable that Coder cannot do without.
func required(name string) (string, error) {
	value := os.Getenv(name)
	if value == "" {
		return "", fmt.Errorf("%s must be set", name)
	}
	return value, nil
}
