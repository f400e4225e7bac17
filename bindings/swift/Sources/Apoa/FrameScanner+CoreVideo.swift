#if canImport(CoreVideo)
    import CoreVideo
    import Foundation

    extension FrameScanner {
        /// Looks at a camera's frame in a bi-planar format, whose first plane is its luma. The frame is locked for
        /// reading during the call and not copied.
        ///
        /// - Parameter at: The frame's time in milliseconds, by any clock that only moves forward.
        public func scan(
            _ frame: CVPixelBuffer, rotation: Rotation, region: Region? = nil, at: Int64,
            budget: Duration = frameBudget
        ) throws -> Scanned {
            guard CVPixelBufferIsPlanar(frame), CVPixelBufferLockBaseAddress(frame, .readOnly) == kCVReturnSuccess
            else { throw ScanError.BadFrame(reason: "no luma plane") }
            defer { CVPixelBufferUnlockBaseAddress(frame, .readOnly) }
            let (width, height) = (CVPixelBufferGetWidthOfPlane(frame, 0), CVPixelBufferGetHeightOfPlane(frame, 0))
            let stride = CVPixelBufferGetBytesPerRowOfPlane(frame, 0)
            let layout = FrameLayout(
                width: Int32(width), height: Int32(height), rowStride: Int32(stride), rotation: rotation,
                region: region)
            // The last row ends at its last pixel: behind it may lie somebody else's memory.
            let luma = UnsafeRawBufferPointer(
                start: CVPixelBufferGetBaseAddressOfPlane(frame, 0), count: max(0, (height - 1) * stride + width))
            return try scan(luma, layout: layout, at: at, budget: budget)
        }
    }
#endif
