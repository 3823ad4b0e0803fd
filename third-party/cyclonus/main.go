// Asks the matcher of cyclonus which traffic NetworkPolicies let through. Standard input would do for a person, but what
// starts this has none to give: the one argument is a file of JSON, a list of {"policies": [...], "traffic": [...]}; printed
// is a list of lists of answers, in the same order.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	networkingv1 "k8s.io/api/networking/v1"
)

type question struct {
	Policies []*networkingv1.NetworkPolicy `json:"policies"`
	Traffic  []*matcher.Traffic            `json:"traffic"`
}

type answer struct {
	Ingress bool `json:"ingress"`
	Egress  bool `json:"egress"`
}

// version is set when this is built.
var version = "unknown"

func main() {
	if len(os.Args) != 2 {
		log.Fatalf("cyclonus %s: expected one file of JSON as the argument, got %d", version, len(os.Args)-1)
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var asked []question
	if err := json.Unmarshal(text, &asked); err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
	answers := [][]answer{}
	for _, each := range asked {
		answers = append(answers, answerTo(each))
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		log.Fatal(err)
	}
}

func answerTo(asked question) []answer {
	// As they are written: what cyclonus simplifies is not what a cluster sees.
	policy := matcher.BuildNetworkPolicies(false, asked.Policies)
	answers := []answer{}
	for _, traffic := range asked.Traffic {
		result := policy.IsTrafficAllowed(traffic)
		answers = append(answers, answer{Ingress: result.Ingress.IsAllowed(), Egress: result.Egress.IsAllowed()})
	}
	return answers
}
