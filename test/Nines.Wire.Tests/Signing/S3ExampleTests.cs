using Nines.Wire.Signing;

namespace Nines.Wire.Tests.Signing;

/// <summary>The examples in the S3 API reference: "Signature Calculations for the Authorization Header", "… Using Query Parameters", "… in Multiple Chunks".</summary>
public sealed class S3ExampleTests
{
    private static readonly Credentials s_credentials = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    private static readonly DateTimeOffset s_time = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
    private static readonly RequestSigner s_signer = new(s_credentials, "us-east-1", "s3", SigningPolicy.S3);
    private static readonly HeaderList s_empty = new(
        ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"), ("x-amz-content-sha256", Payload.EmptyHash));

    [Fact]
    public void Get_object() =>
        Sign(new("GET", "/test.txt", "", s_empty.With(("Range", "bytes=0-9"))), Payload.EmptyHash)
            .ShouldBe("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

    [Fact]
    public void Put_object_with_a_dollar_in_its_key()
    {
        var payload = Payload.Hash("Welcome to Amazon S3."u8);
        var headers = s_empty.With(
            ("x-amz-content-sha256", payload), ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"));

        Sign(new("PUT", "/test$file.text", "", headers), payload).ShouldBe("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    }

    [Fact]
    public void Get_bucket_lifecycle() =>
        Sign(new("GET", "/", "lifecycle", s_empty), Payload.EmptyHash).ShouldBe("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");

    [Fact]
    public void List_objects() =>
        Sign(new("GET", "/", "max-keys=2&prefix=J", s_empty), Payload.EmptyHash).ShouldBe("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");

    [Fact]
    public void Presigned_get()
    {
        var query = s_signer.PresignedQuery(
            new("GET", "/test.txt", "", new HeaderList(("Host", "examplebucket.s3.amazonaws.com"))), Payload.NotSigned, s_time, TimeSpan.FromDays(1));

        query.ShouldEndWith("&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    }

    [Fact]
    public void Streaming_upload_seed()
    {
        const string Streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
        var headers = new HeaderList(
            ("Host", "s3.amazonaws.com"),
            ("x-amz-date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", Streaming),
            ("Content-Encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "66560"),
            ("Content-Length", "66824"));

        Payload.ParseKind(Streaming).ShouldBe(PayloadKind.SignedChunks);
        Sign(new("PUT", "/examplebucket/chunkObject.txt", "", headers), Streaming)
            .ShouldBe("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
    }

    [Fact]
    public void The_path_is_encoded_once_and_kept_as_it_is()
    {
        // A key may hold what another service would normalise away; however its escapes are written, the text counts.
        var one = Sign(new("GET", "/b/a%20b//../%c3%bc", "", s_empty), Payload.EmptyHash);
        var other = Sign(new("GET", "/b/a%20b//../%C3%BC", "", s_empty), Payload.EmptyHash);
        var normalised = Sign(new("GET", "/b/%C3%BC", "", s_empty), Payload.EmptyHash);

        one.ShouldBe(other);
        one.ShouldNotBe(normalised);
    }

    private static string Sign(SignableRequest request, string payload)
    {
        var authorization = s_signer.Authorization(request, payload, s_time);
        return authorization[(authorization.LastIndexOf('=') + 1)..];
    }
}
