package plan

import (
	"bytes"
	"slices"

	messages "github.com/cucumber/messages/go/v21"
)

// block is a stretch of a feature file that begins with a keyword line or its tags.
type block struct {
	start int // line, from 1
	keep  bool
}

// only returns the file with every other scenario and Rule blanked; of an outline only the example row stays. Lines are
// emptied, never removed, so that numbers in reports stay right. A file with nothing else is returned as it is.
func (s *source) only(target *messages.Scenario, row string) []byte {
	blocks := s.blocks(target, row)
	if !slices.ContainsFunc(blocks, func(b block) bool { return !b.keep }) && len(target.Examples) == 0 {
		return s.raw
	}
	lines := bytes.Split(s.raw, []byte("\n"))
	for i, b := range blocks {
		end := len(lines)
		if i+1 < len(blocks) {
			end = blocks[i+1].start - 1
		}
		if b.keep {
			continue
		}
		for line := b.start; line <= end; line++ {
			lines[line-1] = nil
		}
	}
	blankRows(lines, target, row)
	return bytes.Join(lines, []byte("\n"))
}

// blocks lists scenarios, backgrounds, rules and examples in order of their lines.
func (s *source) blocks(target *messages.Scenario, row string) []block {
	var blocks []block
	one := func(b *messages.Background, sc *messages.Scenario, near bool) {
		if b != nil {
			blocks = append(blocks, block{int(b.Location.Line), near})
		}
		if sc == nil {
			return
		}
		keep := sc.Id == target.Id
		blocks = append(blocks, block{first(sc.Tags, sc.Location), keep})
		for _, table := range sc.Examples {
			blocks = append(blocks, block{first(table.Tags, table.Location), keep && holds(table, row)})
		}
	}
	for _, child := range s.feature.Children {
		one(child.Background, child.Scenario, true)
		if child.Rule == nil {
			continue
		}
		own := slices.ContainsFunc(child.Rule.Children, func(c *messages.RuleChild) bool { return c.Scenario != nil && c.Scenario.Id == target.Id })
		blocks = append(blocks, block{first(child.Rule.Tags, child.Rule.Location), own})
		for _, inner := range child.Rule.Children {
			one(inner.Background, inner.Scenario, own)
		}
	}
	slices.SortFunc(blocks, func(a, b block) int { return a.start - b.start })
	return blocks
}

// first is the line on which a block begins: that of its first tag, or of its keyword.
func first(tags []*messages.Tag, at *messages.Location) int {
	line := int(at.Line)
	for _, tag := range tags {
		line = min(line, int(tag.Location.Line))
	}
	return line
}

func holds(table *messages.Examples, row string) bool {
	return slices.ContainsFunc(table.TableBody, func(r *messages.TableRow) bool { return r.Id == row })
}

// blankRows empties the other rows of the examples.
func blankRows(lines [][]byte, target *messages.Scenario, row string) {
	for _, table := range target.Examples {
		for _, r := range table.TableBody {
			if r.Id != row {
				lines[r.Location.Line-1] = nil
			}
		}
	}
}
