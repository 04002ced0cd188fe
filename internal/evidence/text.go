package evidence

import "github.com/sanbao/sanbao/errs"

var _ = errs.Register(map[string]errs.Text{
	"evidence.not_found":   {ZhCN: "本店没有这份凭证。", En: "This shop has no such evidence."},
	"evidence.upload_gone": {ZhCN: "这次上传不存在或已过期（一天内有效），请重新选择文件上传。", En: "There is no such upload, or it has expired after a day; choose the file again."},
	"evidence.offset": {ZhCN: "这一段接不上：服务器已收到 {offset} 字节，请从那里继续。",
		En: "The piece does not go on where the last one ended: {offset} bytes have come, continue there."},
	"evidence.past_end":           {ZhCN: "发来的内容超过了申报的 {size} 字节，请重新选择文件上传。", En: "The pieces are longer than the {size} bytes that were announced; choose the file again."},
	"evidence.chunk_small":        {ZhCN: "除最后一段外，每段至少 {kib} KiB。", En: "All pieces but the last have at least {kib} KiB."},
	"evidence.too_many_open":      {ZhCN: "本店有 {count} 个文件还没传完，请等它们传完再试。", En: "{count} files of this shop are still being sent; try again when they are done."},
	"evidence.case_full":          {ZhCN: "这张售后单已有 {count} 份凭证，不能再加。请只上传能说明问题的几张。", En: "The case has {count} photos and films, the most there can be. Send those that matter."},
	"evidence.sensitive":          {ZhCN: "这份凭证涉及顾客健康隐私，只有获授权的人可以查看；需要时请找主管。", En: "This evidence shows the customer's health and is seen by few; ask your supervisor if you need it."},
	"evidence.film_without_thumb": {ZhCN: "视频没有缩略图。", En: "A film has no small picture."},
	"evidence.file_missing":       {ZhCN: "这份凭证的文件暂时读不到，请稍后再试；仍不行请联系管理员。", En: "The file of this evidence cannot be read at present; try again later, then ask the administrator."},

	"evidence.kind_unknown": {ZhCN: "这个文件不是能识别的照片或视频。请上传 JPEG、PNG、WebP 照片，或 MP4、MOV 视频。",
		En: "This is not a photo or film we know. Send a JPEG, PNG or WebP photo, or an MP4 or MOV film."},
	"evidence.is_archive": {ZhCN: "这是压缩包，不是照片或视频（改名也不行）。请解压后逐张上传里面的照片或视频。",
		En: "This is an archive, not a photo or film, whatever its name. Unpack it and send what is in it one by one."},
	"evidence.is_document":    {ZhCN: "这是文档，不是照片或视频。请拍照或截图后上传图片。", En: "This is a document, not a photo or film. Take a picture of it and send that."},
	"evidence.is_other_image": {ZhCN: "不支持这种图片格式（GIF、BMP、TIFF）。请另存为 JPEG 或 PNG 后上传，或上传截图。", En: "This kind of image (GIF, BMP, TIFF) is not taken. Save it as JPEG or PNG, or send a screenshot."},
	"evidence.is_heic": {ZhCN: "暂不支持 HEIC/AVIF 照片。iPhone 请在“设置 › 相机 › 格式”选“兼容性最佳”后重拍，或打开照片截图后上传截图。",
		En: "HEIC and AVIF photos are not taken yet. On an iPhone choose Settings › Camera › Formats › Most Compatible and take it again, or send a screenshot of the photo."},
	"evidence.is_other_film": {ZhCN: "不支持这种视频格式（AVI、MKV、WebM、WMV、FLV）。请用手机重新录制，或转成 MP4 后上传。", En: "This kind of film (AVI, MKV, WebM, WMV, FLV) is not taken. Record it with a phone, or convert it to MP4."},
	"evidence.polyglot":      {ZhCN: "这个文件里还藏着别的内容（如压缩包或网页），为安全起见不能接收。请上传原始照片，或上传截图。", En: "Something else, such as an archive or a web page, is hidden in this file, so it is not taken. Send the photo as the camera made it, or a screenshot."},
	"evidence.damaged":       {ZhCN: "文件不完整或已损坏，打不开。请从相册重新选择原文件上传，或重新拍摄。", En: "The file is incomplete or damaged. Choose it again from the phone's album, or take it again."},
	"evidence.image_large":   {ZhCN: "照片超过 {mib} MiB。请在手机上改小尺寸，或截图后上传。", En: "The photo is larger than {mib} MiB. Make it smaller on the phone, or send a screenshot."},
	"evidence.film_large":    {ZhCN: "文件超过 {mib} MiB。请剪短视频，或把清晰度调到 1080p 后重录。", En: "The file is larger than {mib} MiB. Cut the film shorter, or record it again at 1080p."},
	"evidence.pixels": {ZhCN: "图片有 {width}×{height} 像素，超过 {mega} 百万像素。请改小尺寸，或截图后上传。",
		En: "The picture has {width}×{height} pixels, more than {mega} million. Make it smaller, or send a screenshot."},
	"evidence.film_long":       {ZhCN: "视频长 {seconds} 秒，最多 {most} 秒。请剪出关键的一段再上传。", En: "The film is {seconds} s long, the most is {most} s. Cut out the part that matters."},
	"evidence.film_no_picture": {ZhCN: "这个文件里没有视频画面（可能是录音）。请上传视频或照片。", En: "There is no picture in this film; it may be a sound recording. Send a film or a photo."},
	"evidence.film_streamed":   {ZhCN: "这是分段式（在线播放用）的视频，不能接收。请用手机重新录制，或导出为普通 MP4。", En: "This film is cut into fragments for streaming. Record it with a phone, or export it as an ordinary MP4."},
})
