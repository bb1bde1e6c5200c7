using System.Text;
using Nines.Api.Sts;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;
using Nines.Wire.Tests.Generated.Cloudwatch;
using Nines.Wire.Tests.Generated.Dynamodb;
using Nines.Wire.Tests.Generated.Lambda;
using Nines.Wire.Tests.Generated.Route53;
using Nines.Wire.Tests.Generated.S3;
using Nines.Wire.Tests.Generated.Sqs;

namespace Nines.Wire.Tests.Protocols;

/// <summary>Answers byte for byte. botocore 1.29 and the AWS SDK for JavaScript 3.1163 were given these and understood them.</summary>
public class ResponseTests
{
    private const string Xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    private static readonly DateTimeOffset s_time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Query_wraps_its_result() => Body(StsApi.GetSessionToken, new GetSessionTokenResult
    {
        Credentials = new Credentials { AccessKeyId = "A", SecretAccessKey = "s", SessionToken = "t", Expiration = s_time },
    }).ShouldBe(Xml + "<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetSessionTokenResult><Credentials><AccessKeyId>A</AccessKeyId>"
        + "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-01-02T03:04:05.678Z</Expiration></Credentials></GetSessionTokenResult>"
        + "<ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></GetSessionTokenResponse>");

    [Fact]
    public void Query_names_items_and_map_entries() => Body(CloudwatchApi.GetMetricStatistics, Statistics).ShouldBe(
        Xml + "<GetMetricStatisticsResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><GetMetricStatisticsResult><Label>l</Label><Datapoints><member>"
        + "<Timestamp>2026-01-02T03:04:05.678Z</Timestamp><Average>1.5</Average><Unit>Count</Unit><ExtendedStatistics><entry><key>p99</key><value>Infinity</value></entry>"
        + "</ExtendedStatistics></member></Datapoints></GetMetricStatisticsResult><ResponseMetadata><RequestId>req-1</RequestId></ResponseMetadata></GetMetricStatisticsResponse>");

    [Fact]
    public void Rest_xml_flattens_lists_and_names_its_root() => Body(S3Api.ListObjectsV2, new ListObjectsV2Result
    {
        Name = "b",
        KeyCount = 1,
        Contents = [new Generated.S3.Object { Key = "p/1", Size = 7, LastModified = s_time }, new Generated.S3.Object { Key = "p/2" }],
        CommonPrefixes = [new CommonPrefix { Prefix = "p/q/" }],
    }).ShouldBe(Xml + "<ListBucketResult><Contents><Key>p/1</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><Size>7</Size></Contents><Contents><Key>p/2</Key></Contents>"
        + "<Name>b</Name><CommonPrefixes><Prefix>p/q/</Prefix></CommonPrefixes><KeyCount>1</KeyCount></ListBucketResult>");

    [Fact]
    public void Rest_xml_binds_headers_and_sends_a_raw_body()
    {
        using var response = Write(S3Api.GetObject, new GetObjectResult
        {
            Body = "hello"u8.ToArray(),
            ContentType = "text/plain",
            LastModified = s_time,
            ETag = "\"e\"",
            Metadata = new Dictionary<string, string> { ["x"] = "y" },
        });

        Encoding.UTF8.GetString(response.Body.Span).ShouldBe("hello");
        response.Headers.Select(header => $"{header.Key}: {header.Value}").ShouldBe(
            ["Last-Modified: Fri, 02 Jan 2026 03:04:05 GMT", "ETag: \"e\"", "Content-Type: text/plain", "x-amz-meta-x: y", "x-amzn-RequestId: req-1"], ignoreOrder: true);
    }

    [Fact]
    public void Rest_json_binds_the_status()
    {
        using var response = Write(LambdaApi.Invoke, new InvokeResult { StatusCode = 202, FunctionError = "Unhandled", Payload = "{\"b\":2}"u8.ToArray() });

        response.Status.ShouldBe(202);
        response.Headers.Find("X-Amz-Function-Error").ShouldBe("Unhandled");
        Encoding.UTF8.GetString(response.Body.Span).ShouldBe("{\"b\":2}");
    }

    [Fact]
    public void Rest_json_answers_with_the_models_status()
    {
        using var response = Write(LambdaApi.CreateFunction, new CreateFunctionResult { FunctionName = "f", Layers = [] });

        (response.Status, Encoding.UTF8.GetString(response.Body.Span)).ShouldBe((201, "{\"FunctionName\":\"f\",\"Layers\":[]}"));
    }

    [Fact]
    public void Json_1_0_writes_seconds_and_names_what_is_no_number() => Body(CloudwatchApi.GetMetricStatistics, Statistics, ProtocolKind.Json10).ShouldBe(
        "{\"Label\":\"l\",\"Datapoints\":[{\"Timestamp\":1767323045.678,\"Average\":1.5,\"Unit\":\"Count\",\"ExtendedStatistics\":{\"p99\":\"Infinity\"}}]}");

    [Fact]
    public void Json_1_0_writes_blobs_as_base64() => Body(DynamodbApi.PutItem, new PutItemResult
    {
        Attributes = new Dictionary<string, AttributeValue> { ["b"] = new() { B = new byte[] { 0, 255 } }, ["l"] = new() { L = [new AttributeValue { N = "2" }] } },
    }).ShouldBe("{\"Attributes\":{\"b\":{\"B\":\"AP8=\"},\"l\":{\"L\":[{\"N\":\"2\"}]}}}");

    [Fact]
    public void Cbor_tags_times_and_leaves_structures_open()
    {
        using var response = WireProtocol.For(ProtocolKind.RpcV2Cbor).WriteOutput(CloudwatchApi.GetMetricStatistics, new GetMetricStatisticsResult
        {
            Label = "l",
            Datapoints = [new Datapoint { Timestamp = s_time, SampleCount = 1.5 }],
        }, "req-1");

        Convert.ToHexString(response.Body.Span).ShouldBe(
            "BF" + "654C6162656C" + "616C" + "6A44617461706F696E7473" + "81" + "BF" + "6954696D657374616D70" + "C1FB41DA55CD696B645A" + "6B53616D706C65436F756E74" + "FB3FF8000000000000" + "FF" + "FF");
        response.Headers.Find("smithy-protocol").ShouldBe("rpc-v2-cbor");
        response.Headers.Find("content-type").ShouldBe("application/cbor");
    }

    [Fact]
    public void Query_errors_name_the_side_at_fault() => Error(ProtocolKind.Query, StsApi.Service).ShouldBe(
        Xml + "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>NoSuchThing</Code><Message>No such &lt;thing&gt;</Message></Error>"
        + "<RequestId>req-1</RequestId></ErrorResponse>");

    [Fact]
    public void S3_errors_have_nothing_around_them() => Error(ProtocolKind.RestXml, S3Api.Service).ShouldBe(
        Xml + "<Error><Code>NoSuchThing</Code><Message>No such &lt;thing&gt;</Message><RequestId>req-1</RequestId></Error>");

    [Fact]
    public void Other_rest_xml_errors_are_like_those_of_query() => Error(ProtocolKind.RestXml, Route53Api.Service).ShouldStartWith(
        Xml + "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchThing</Code>");

    [Fact]
    public void Json_errors_have_their_type_in_the_body() => Error(ProtocolKind.Json10, DynamodbApi.Service).ShouldBe("{\"__type\":\"NoSuchThing\",\"message\":\"No such <thing>\"}");

    [Fact]
    public void Rest_json_errors_have_their_type_in_a_header()
    {
        using var response = WireProtocol.For(ProtocolKind.RestJson).WriteError(new AwsException("NoSuchThing", "m", 404), LambdaApi.Service, "req-1");

        (response.Status, response.Headers.Find("x-amzn-errortype")).ShouldBe((404, "NoSuchThing"));
    }

    [Theory]
    [InlineData(ProtocolKind.Json10)]
    [InlineData(ProtocolKind.RpcV2Cbor)]
    public void Services_that_spoke_query_tell_their_old_codes_in_a_header(ProtocolKind kind)
    {
        foreach (var service in (ServiceDescriptor[])[SqsApi.Service, CloudwatchApi.Service])
        {
            using var response = WireProtocol.For(kind).WriteError(new AwsException("QueueDoesNotExist", "m") { QueryCode = "AWS.SimpleQueueService.NonExistentQueue" }, service, "req-1");
            response.Headers.Find("x-amzn-query-error").ShouldBe("AWS.SimpleQueueService.NonExistentQueue;Sender");
        }

        using var other = WireProtocol.For(kind).WriteError(new AwsException("Code", "m"), DynamodbApi.Service, "req-1");
        other.Headers.Find("x-amzn-query-error").ShouldBeNull();
    }

    [Fact]
    public void Every_protocol_reads_its_own_errors()
    {
        foreach (var kind in Enum.GetValues<ProtocolKind>())
        {
            var protocol = WireProtocol.For(kind);
            using var response = protocol.WriteError(new AwsException("NoSuchThing", "No such <thing>", 404), StsApi.Service, "req-1");

            var fault = Should.Throw<AwsException>(() => protocol.ReadOutput(StsApi.GetCallerIdentity, response));

            (fault.Code, fault.Message, fault.Status).ShouldBe(("NoSuchThing", "No such <thing>", 404), kind.ToString());
        }
    }

    [Fact]
    public void A_list_that_keeps_its_items_bytes_is_written_from_them()
    {
        var protocol = WireProtocol.For(ProtocolKind.Ec2);
        var tags = new List<Nines.Api.Ec2.Tag> { new() { Key = "a", Value = "1" }, new() { Key = "b", Value = "2" } };
        var item = Nines.Api.Ec2.Volume.Schema.Members.ToArray().Single(member => member.Name == "Tags").Item!;
        var kept = new FragmentList(tags, index => index == 0 ? protocol.Fragment(item, tags[0]) : default, protocol.FragmentFormat);

        using var plain = protocol.WriteOutput(Nines.Api.Ec2.Ec2Api.DescribeVolumes, Volumes(tags), "req-1");
        using var copied = protocol.WriteOutput(Nines.Api.Ec2.Ec2Api.DescribeVolumes, Volumes(kept), "req-1");
        using var json = WireProtocol.For(ProtocolKind.Json10).WriteOutput(Nines.Api.Ec2.Ec2Api.DescribeVolumes, Volumes(kept), "req-1");

        Encoding.UTF8.GetString(copied.Body.Span).ShouldBe(Encoding.UTF8.GetString(plain.Body.Span));
        kept.Read.ShouldBe([1, 0, 1]);
        Encoding.UTF8.GetString(json.Body.Span).ShouldContain("\"Key\":\"a\"");
    }

    private static GetMetricStatisticsResult Statistics => new()
    {
        Label = "l",
        Datapoints = [new Datapoint { Timestamp = s_time, Average = 1.5, Unit = "Count", ExtendedStatistics = new Dictionary<string, double> { ["p99"] = double.PositiveInfinity } }],
    };

    private static Nines.Api.Ec2.DescribeVolumesResult Volumes(IReadOnlyList<Nines.Api.Ec2.Tag> tags) => new() { Volumes = [new Nines.Api.Ec2.Volume { Tags = tags }] };

    private static WireResponse Write(Operation operation, IShape output, ProtocolKind? kind = null) =>
        WireProtocol.For(kind ?? operation.Service.Protocol).WriteOutput(operation, output, "req-1");

    private static string Body(Operation operation, IShape output, ProtocolKind? kind = null)
    {
        using var response = Write(operation, output, kind);
        return Encoding.UTF8.GetString(response.Body.Span);
    }

    private static string Error(ProtocolKind kind, ServiceDescriptor service)
    {
        using var response = WireProtocol.For(kind).WriteError(new AwsException("NoSuchThing", "No such <thing>"), service, "req-1");
        return Encoding.UTF8.GetString(response.Body.Span);
    }
}
