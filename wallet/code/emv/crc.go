package emv

import "fmt"

// CRC computes the CRC-16/CCITT-FALSE of a text's octets: polynomial 1021, start FFFF, nothing reflected.
func CRC(text string) uint16 {
	crc := uint16(0xFFFF)
	for _, octet := range []byte(text) {
		crc ^= uint16(octet) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

func checksum(text string) string { return fmt.Sprintf("%04X", CRC(text)) }
