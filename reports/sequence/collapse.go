package sequence

// few is how many equal exchanges in a row are drawn one by one.
const few = 2

// collapse draws a run of equal request-reply pairs (an acquirer that asks again and again) as its first
// pair with a count. Pairs that a finding points at always stand alone.
func collapse(rows []Row) []Row {
	var out []Row
	for i := 0; i < len(rows); {
		n := 0
		for pairAt(rows, i) && equalPair(rows, i, i+2*n) {
			n++
		}
		if n <= few {
			out = append(out, rows[i])
			i++
			continue
		}
		request, reply := rows[i], rows[i+1]
		request.Times, reply.Times = n, n
		out = append(out, request, reply)
		i += 2 * n
	}
	return out
}

// pairAt reports whether a request with its own reply stands at i.
func pairAt(rows []Row, i int) bool {
	if i+1 >= len(rows) || rows[i].Kind != Request || rows[i+1].Kind != Reply || rows[i].Ref != rows[i+1].Ref {
		return false
	}
	return !rows[i].Decisive && !rows[i+1].Decisive
}

// equalPair reports whether the pair at j says the same as the pair at i.
func equalPair(rows []Row, i, j int) bool {
	return pairAt(rows, j) && same(rows[i], rows[j]) && same(rows[i+1], rows[j+1])
}

func same(a, b Row) bool {
	return a.From == b.From && a.To == b.To && a.Text == b.Text && a.Fault == b.Fault
}
