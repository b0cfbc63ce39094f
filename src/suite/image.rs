//! Images: the files that a suite names, and what may be sent of them.

use std::fmt;

/// The largest image in bytes: guardrails take 4 MB (AWS user guide, guardrails-mmfilter), read here as MiB so that
/// nothing is refused that AWS would take.
pub const MAX_IMAGE_BYTES: usize = 4 * 1024 * 1024;
/// How many images one request may hold (AWS user guide, guardrails-mmfilter).
pub const MAX_IMAGES: usize = 20;

/// The path of an image: relative to the folder of its suite, parts divided by `/`, none of them `.` or `..`, ending like
/// an image.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageFile(String);

impl ImageFile {
    /// The path, if it is one.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow the path.
    pub fn new(path: &str) -> Result<Self, &'static str> {
        let drive = path.as_bytes().get(1) == Some(&b':');
        if path.starts_with('/') || path.contains('\\') || drive {
            return Err("is not relative to the folder of the suite, with `/` between its parts");
        }
        if path.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err("leads out of the folder of the suite, or in circles");
        }
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("png" | "jpg" | "jpeg") => Ok(Self(path.to_owned())),
            _ => Err("does not end in `.png`, `.jpg` or `.jpeg`"),
        }
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ImageFile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The formats that `ApplyGuardrail` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// `png`
    Png,
    /// `jpeg`
    Jpeg,
}

impl ImageFormat {
    /// Told by the first bytes, whatever the file is called.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            _ => None,
        }
    }

    /// The word of the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        }
    }
}

/// An image that can be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    format: ImageFormat,
    bytes: Vec<u8>,
}

/// Why bytes are no image that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFault {
    /// There are none.
    Empty,
    /// There are more than [`MAX_IMAGE_BYTES`].
    TooLarge,
    /// They begin like neither PNG nor JPEG.
    Format,
}

impl Image {
    /// The image that these bytes are.
    ///
    /// # Errors
    /// Why they are none.
    pub fn new(bytes: Vec<u8>) -> Result<Self, ImageFault> {
        if bytes.is_empty() {
            return Err(ImageFault::Empty);
        }
        if bytes.len() > MAX_IMAGE_BYTES {
            return Err(ImageFault::TooLarge);
        }
        let format = ImageFormat::of(&bytes).ok_or(ImageFault::Format)?;
        Ok(Self { format, bytes })
    }

    /// Its format.
    pub const fn format(&self) -> ImageFormat {
        self.format
    }

    /// Its bytes, 1 to [`MAX_IMAGE_BYTES`].
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Image({}, {} bytes)", self.format.word(), self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_below_the_folder_of_the_suite() {
        for path in ["a.png", "files/cat.JPG", "a b/c..d.jpeg", "..a/b.png"] {
            assert!(ImageFile::new(path).is_ok(), "{path}");
        }
        for path in
            ["/a.png", "../a.png", "a/../../b.png", "./a.png", "a//b.png", "a\\b.png", "c:a.png", "a.gif", "png", "é"]
        {
            assert!(ImageFile::new(path).is_err(), "{path}");
        }
    }

    #[test]
    fn an_image_is_what_its_bytes_say() {
        let png = b"\x89PNG\r\n\x1a\n....".to_vec();
        assert_eq!(Image::new(png.clone()).map(|image| image.format()), Ok(ImageFormat::Png));
        assert_eq!(Image::new(b"\xff\xd8\xff\xe0".to_vec()).map(|image| image.format()), Ok(ImageFormat::Jpeg));
        assert_eq!(Image::new(Vec::new()), Err(ImageFault::Empty));
        assert_eq!(Image::new(b"GIF89a".to_vec()), Err(ImageFault::Format));
        let mut large = png;
        large.resize(MAX_IMAGE_BYTES + 1, 0);
        assert_eq!(Image::new(large), Err(ImageFault::TooLarge));
    }
}
