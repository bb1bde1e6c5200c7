using System.Text;
using Nines.Wire.Protocols;
using Nines.Wire.Resolve;
using Nines.Wire.Schemas;
using Nines.Wire.Tests.Generated.Cloudwatch;
using Nines.Wire.Tests.Generated.Cloudwatchlogs;
using Nines.Wire.Tests.Generated.Dynamodb;
using Nines.Wire.Tests.Generated.Lambda;
using Nines.Wire.Tests.Generated.Lexruntime;
using Nines.Wire.Tests.Generated.Rds;
using Nines.Wire.Tests.Generated.Route53;
using Nines.Wire.Tests.Generated.S3;
using Nines.Wire.Tests.RoundTrip;

namespace Nines.Wire.Tests.Protocols;

/// <summary>Requests as botocore's serialisers write them, byte for byte: found and read.</summary>
public class BotoRequestTests
{
    private static readonly OperationResolver s_resolver = new(Generated.AwsServices.Implemented, LoadCatalogue);
    private static readonly DateTimeOffset s_time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Fact]
    public void Query_with_structures_in_lists() => Reads(
        Form("monitoring", "Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.1.MetricName=m&MetricData.member.1.Dimensions.member.1.Name=a"
            + "&MetricData.member.1.Dimensions.member.1.Value=b&MetricData.member.1.Timestamp=2026-01-02T03%3A04%3A05.678000Z&MetricData.member.1.Values.member.1=1.5"
            + "&MetricData.member.1.Values.member.2=2&MetricData.member.1.StorageResolution=60"),
        CloudwatchApi.PutMetricData,
        new PutMetricDataRequest
        {
            Namespace = "n",
            MetricData = [new MetricDatum { MetricName = "m", Dimensions = [new Dimension { Name = "a", Value = "b" }], Timestamp = s_time, Values = [1.5, 2], StorageResolution = 60 }],
        });

    [Fact]
    public void Query_with_named_items() => Reads(
        Form("rds", "Action=DescribeDBSubnetGroups&Version=2014-10-31&Filters.Filter.1.Name=f&Filters.Filter.1.Values.Value.1=x&Filters.Filter.1.Values.Value.2=y&MaxRecords=20"),
        RdsApi.DescribeDBSubnetGroups,
        new DescribeDBSubnetGroupsRequest { Filters = [new Filter { Name = "f", Values = ["x", "y"] }], MaxRecords = 20 });

    [Fact]
    public void Xml_with_a_flattened_list() => Reads(
        Request("s3", "POST", "/bkt", "delete", "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Object><Key>a&amp;b</Key><VersionId>1</VersionId></Object><Object><Key>c</Key></Object><Quiet>true</Quiet></Delete>"),
        S3Api.DeleteObjects,
        new DeleteObjectsRequest { Bucket = "bkt", Delete = new Delete { Objects = [new ObjectIdentifier { Key = "a&b", VersionId = "1" }, new ObjectIdentifier { Key = "c" }], Quiet = true } });

    [Fact]
    public void Xml_with_an_attribute() => Reads(
        Request("s3", "PUT", "/bkt/a/b%20c", "acl", "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><AccessControlList><Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>id</ID><DisplayName>n</DisplayName></Grantee><Permission>READ</Permission></Grant></AccessControlList><Owner><ID>o</ID></Owner></AccessControlPolicy>"),
        S3Api.PutObjectAcl,
        new PutObjectAclRequest
        {
            Bucket = "bkt",
            Key = "a/b c",
            AccessControlPolicy = new AccessControlPolicy { Grants = [new Grant { Grantee = new Grantee { Type = "CanonicalUser", ID = "id", DisplayName = "n" }, Permission = "READ" }], Owner = new Owner { ID = "o" } },
        });

    [Fact]
    public void Xml_with_raw_body_and_bound_headers() => Reads(
        Request("s3", "PUT", "/bkt/a/b%2Bc", "", "hello", ("x-amz-meta-x-y", "z"), ("Content-Type", "text/plain"), ("Expires", "Fri, 02 Jan 2026 03:04:05 GMT")),
        S3Api.PutObject,
        new PutObjectRequest
        {
            Bucket = "bkt",
            Key = "a/b+c",
            Body = "hello"u8.ToArray(),
            Metadata = new Dictionary<string, string> { ["x-y"] = "z" },
            ContentType = "text/plain",
            Expires = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        });

    [Fact]
    public void Xml_with_a_list_in_a_header() => Reads(
        Request("s3", "GET", "/bkt/k", "attributes", "", ("x-amz-object-attributes", "ETag,ObjectSize")),
        S3Api.GetObjectAttributes,
        new GetObjectAttributesRequest { Bucket = "bkt", Key = "k", ObjectAttributes = ["ETag", "ObjectSize"] });

    [Fact]
    public void Xml_with_query_parameters() => Reads(
        Request("s3", "GET", "/bkt", "list-type=2&prefix=a%2F&max-keys=10", ""),
        S3Api.ListObjectsV2,
        new ListObjectsV2Request { Bucket = "bkt", Prefix = "a/", MaxKeys = 10 });

    [Fact]
    public void Xml_with_an_element_around_the_input() => Reads(
        Request("route53", "POST", "/2013-04-01/hostedzone/Z1/rrset/", "", "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet><Name>a.</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>1.2.3.4</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"),
        Route53Api.ChangeResourceRecordSets,
        new ChangeResourceRecordSetsRequest
        {
            HostedZoneId = "Z1",
            ChangeBatch = new ChangeBatch { Changes = [new Change { Action = "UPSERT", ResourceRecordSet = new ResourceRecordSet { Name = "a.", Type = "A", TTL = 60, ResourceRecords = [new ResourceRecord { Value = "1.2.3.4" }] } }] },
        });

    [Fact]
    public void Json_in_paths_and_headers() => Reads(
        Request("lambda", "POST", "/2015-03-31/functions/f%3A1/invocations", "", "{\"a\":1}", ("X-Amz-Invocation-Type", "Event")),
        LambdaApi.Invoke,
        new InvokeRequest { FunctionName = "f:1", Payload = "{\"a\":1}"u8.ToArray(), InvocationType = "Event" });

    [Fact]
    public void Json_with_a_list_in_the_query() => Reads(
        Request("lambda", "DELETE", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af", "tagKeys=a&tagKeys=b%20c", ""),
        LambdaApi.UntagResource,
        new UntagResourceRequest { Resource = "arn:aws:lambda:us-east-1:1:function:f", TagKeys = ["a", "b c"] });

    [Fact]
    public void Json_document_in_a_rest_body() => Reads(
        Request("lambda", "POST", "/2015-03-31/functions", "", "{\"FunctionName\": \"f\", \"Role\": \"r\", \"Code\": {\"ZipFile\": \"UEs=\"}, \"Environment\": {\"Variables\": {\"A\": \"1\"}}, \"Timeout\": 3}"),
        LambdaApi.CreateFunction,
        new CreateFunctionRequest { FunctionName = "f", Role = "r", Code = new FunctionCode { ZipFile = "PK"u8.ToArray() }, Environment = new Generated.Lambda.Environment { Variables = new Dictionary<string, string> { ["A"] = "1" } }, Timeout = 3 });

    [Fact]
    public void Json_value_in_a_header() => Reads(
        Request("lex", "POST", "/bot/b/alias/a/user/u/content", "", "hi", ("Content-Type", "text/plain; charset=utf-8"), ("x-amz-lex-session-attributes", "eyJrIjoidiJ9")),
        LexruntimeApi.PostContent,
        new PostContentRequest { BotName = "b", BotAlias = "a", UserId = "u", ContentType = "text/plain; charset=utf-8", SessionAttributes = "{\"k\":\"v\"}", InputStream = "hi"u8.ToArray() });

    [Fact]
    public void Json_1_0_with_recursive_unions() => Reads(
        Request(null, "POST", "/", "", "{\"TableName\": \"t\", \"Item\": {\"id\": {\"S\": \"1\"}, \"b\": {\"B\": \"AP8=\"}, \"l\": {\"L\": [{\"BOOL\": true}, {\"M\": {\"x\": {\"NULL\": true}}}]}, \"bs\": {\"BS\": [\"YQ==\"]}}}", ("X-Amz-Target", "DynamoDB_20120810.PutItem"), ("Content-Type", "application/x-amz-json-1.0")),
        DynamodbApi.PutItem,
        new PutItemRequest
        {
            TableName = "t",
            Item = new Dictionary<string, AttributeValue>
            {
                ["id"] = new() { S = "1" },
                ["b"] = new() { B = new byte[] { 0, 255 } },
                ["l"] = new() { L = [new AttributeValue { BOOL = true }, new AttributeValue { M = new Dictionary<string, AttributeValue> { ["x"] = new() { NULL = true } } }] },
                ["bs"] = new() { BS = ["a"u8.ToArray()] },
            },
        });

    [Fact]
    public void Json_1_1() => Reads(
        Request(null, "POST", "/", "", "{\"logGroupName\": \"g\", \"logStreamName\": \"s\", \"logEvents\": [{\"timestamp\": 1700000000000, \"message\": \"m\"}]}", ("X-Amz-Target", "Logs_20140328.PutLogEvents"), ("Content-Type", "application/x-amz-json-1.1")),
        CloudwatchlogsApi.PutLogEvents,
        new PutLogEventsRequest { LogGroupName = "g", LogStreamName = "s", LogEvents = [new InputLogEvent { Timestamp = 1700000000000, Message = "m" }] });

    private static void Reads(WireRequest request, Operation operation, IShape expected)
    {
        var resolution = s_resolver.Resolve(request);
        resolution.Error.ShouldBeNull();
        resolution.Operation.ShouldBe(operation);
        CanonicalText.Of(resolution.Protocol.ReadInput(operation, request)).ShouldBe(CanonicalText.Of(expected));
    }

    private static WireRequest Form(string service, string form) => Requests.Form(form, service);

    private static WireRequest Request(string? service, string method, string path, string query, string body, params (string Name, string Value)[] headers)
    {
        var all = Requests.Headers(null, service);
        foreach (var (name, value) in headers)
        {
            all.Add(name, value);
        }

        return new WireRequest { Method = method, Path = path, QueryString = query, Headers = all, Body = Encoding.UTF8.GetBytes(body) };
    }

    private static ServiceCatalogue LoadCatalogue()
    {
        using var json = typeof(Nines.Api.AwsServices).Assembly.GetManifestResourceStream("services.json")!;
        return ServiceCatalogue.Load(json, Generated.AwsServices.Implemented);
    }
}
